namespace Electra.Tokenization;

/// <summary>
/// Unicode's canonical decompositions and combining classes (Unicode 14), packed. Layout after Base64 and raw deflate, all numbers as
/// 7-bit variable-length integers: the number of decompositions; for each, in code point order, (difference to the previous code
/// point x 2 + 1 if the pair also composes), first, second (0 = none); the number of non-zero combining classes; for each
/// (difference, class byte).
/// Hangul syllables are computed, not listed. A test compares every entry with the platform's own normalisation.
/// </summary>
internal static class CanonicalFormData
{
    public const string Packed =
        "rZh5VJXnncd5773cyxVTm5hojI2m0572dDrn5GTOaTunzVIbaWSS6FSlaTL/hEmIGhNpjcTonE7ZBXHBBRFXFmUJssvmAoICgqi4sShRNtlUVNz3+X5e" +
        "uBhNmtNzZrjn93m/z/P8nuV99pel3w+yTgi0WycEyYJlIbII2WK7++spdquX0ryU5qU0L8V7K+ytsLfC3hF298nyn6K4KYqborgphCPsDh/F+SjOR3E+" +
        "yvdukN3hqzhfxfkqzld+vor3VT0fqB4/pfkpzU9pfoqfpfAshWcpPEv1zJG/v+L8FeevOH/CqidAcQGKC1BcgPItCLK7L6D9oSpbNiFcT9mEVD1lr8v3" +
        "A9nr8v9A9voiPWWvL9FTNlH24RK7w0t5/WReyusn85KPn8xLZfjJvOTnJ3tDZcyQvSGfGbI35DND9obeaYZsktJmBtsd3mrvLJm3ypwl85bvLJm3ypol" +
        "815kd/67fD+Wval8s1Ps7m+pnZ/I3lL4E9lbqu+TJXbPyYqbI5usuDmyyYqfs8TunKJy/WVTVK6/bEqUnlF2x1T5zpVNle9c2VT5z5VNU9xnsmmq8zPZ" +
        "NKV9JpumtM9k06XnyaZLz1Of+Kj9ATIf1REg81EdATKfxXrKfFRfgMxH7xMge0dlzpe9K1vAU+PynupbKHtPfbRQ9p7KXrjE7jVlvdq63v68j54B6+2/" +
        "maB4X5m3bJZsisxf5iMLkDUbasBd0GwEoYJQS1BmaiAq0O6+D5cOkGwTUkAlwU7B8YZ8Z8jelM2mFrXaX9Zrlcc5UGhV9Ep34WP18BuqZYZm8mQVP0dW" +
        "QbVnQSXoBI3gJpiwXO8gm7BCT5mXtJ/MS9pP5i09S+YtPUs2RdpfNkXaXzZVeq5sqvRcmY90gMxHOkA2LVnjJJsum5dsd0xSK2cusY+YoH71Za6yrmT1" +
        "vO91cAJcA1OU7i/LpEOywLuyBaH2dbZAu5slyO5mW6VnhD3I/n6xu9vTv3Ebkco7rXAE2S2Fhps1RsIaC+IE981gK8E0UCP8Is6hAd8KcojLB4WgGBzA" +
        "pZjUClBKXAWoFjyPoo4q4d0YD3V0jIf2gFUeQXZnuJTnOinrWhKSPMLto9cKE4qEF/OJy8c5D+d6nHfgXETCXrm8dNVDXXhNiDHWKGwtEJ6PRmWDaGWR" +
        "0tYSQzBfcDQ6FdcE1pBaAGJBIX5rPUIpP5QWRaCETaCE1G6y9YAM4g6CJJz3giSCewfiolBCCsEq8qajDgjHbCnDjw23pgw/Pty6H6QMPzHcWiOVbznx" +
        "xPHh7mXCj44KGc7Up3Y99WS24MgTJsUIljUgFmwACSARpIMsocmoGlky0lo1smHkCwkjd420JAq2LCHVyH1619P2IuH3awRLLNhAXLpwwlo1qn6Uo2pU" +
        "ySiphlEvJIzaNcqSKPivHN0w+tPK0SWjrVWgUsFbRuWz9c9eNkrHnBgzolKwVo6pH+NeOaZ8jLVGwQdG5XMlz1mrQOVzDc9ttDSNrRnr3jT28Fhrs5S1" +
        "aeyZsTXu5eMKxz9dKww7AurBKeG5PePyxz99eVz/ONvlcVfHWXLHB4635QlPXR4XOP7HK8cr2wZhWAJIBunCc9Hj88efMra+kPlC2c/Dfpn/S/dFIBJE" +
        "gaWCc4UwbQfBXYKjRLCWEiwX7gybsFWrTvY7rar/kv0uSU/Z73L0lFWxfLrARKV+KJuo1A9lE5X6oWyi1uqHsokZespWWjRnV4GVWpBSnMOK95N5Zesp" +
        "S7VpkqaB36vEjzh5NK1myCZJz5RNUg0zZZM0l2bKJqmGmZxMmXrKvFXKLNlhmnYRvCmbzVO5ZsveVNtmy96S/kRW8DIbI3hLsZ+QohZ9IntbuT6Vva16" +
        "P5W9Le9PZZOl58gmS88hrDxzZJOVZ04G+1IQ+1IQKgIl1PLiB0EtL34Q/IfszzxV1p9lU2VzearMubKTNOoUmKrS58qmKfUz2TSlfoaHRYFToAW0graX" +
        "hXYwXTaPpzznyaarhHmy6WrjPJnPFu28Mh/1V4DMR3EBsm4a1wN6tWVaz4E/6qT8XPZHlfO57B29yXzZO/KaL3tHPvNl76i++bJ35DNf9ifpL2R/UtoX" +
        "3JykF3BS6gRdKHtPPgtl76ldC2UzaSNl6QReoNvUA72S5wQ5+MomROopK6dv20A5R2MbKDciUWZqCEqIf0U1JIBg3iYEBDMGISDYEomKRIWgzBzh5OCK" +
        "pPr8ZF5K95N5KdVPVkO1vaCGantBDdX2ghqq7QVFVFsMvBU/S+at0mbJpsj8eSrOX3acwq6C4xR2FRynsKuGmRqCEmop7CCIt8o5AcRbA1GBqEhUJCoE" +
        "xdtYk1CCjyyAp9IDZFlkzgZZZM4GWWTOtpqpIagQVBJKeFceC2TvSi8gLL8FsnfltSDEPiLHsYqTcbXdGviq3IJA4KtBqCBUOaqcI3cVkF8ELpEgApdI" +
        "EIFLJMjHLx+/aFxWgGhcVgiOGFJjSF1LQhxYS2ocqYWkFpIaT0ICiCc1AcRTfAKIxS8Wv1Rc0kAqLmkgFZc0UIxfMX7ZuOSAbFxyQDYuOSAOvzj8inAp" +
        "BkW4FIMisyhQil8pfntwKQN7cCmj9ZtJ3UzqfhKqwX5Sq0mtILWC1DoSjoA6Uo+AOoo/Iuj2stru3qRUIQiUcxdZBZS3hWytoIVsraAFl1bzpfFLw68b" +
        "lx7QjUsP6Malx3xpR6Ddss3hpnGSyJAoRGRKFCOyJEoRtRIViIMS1YhDDjdH4KsVTAohGISAUBAGwsEiEAEiwWIQBZaApWAZWA7iQQJIBElgC9gKkkEK" +
        "SAVp4EuQDraBDJAJskALaAVtoB10gLOgE3SBbtADesE5cB5cAH3gIshxhAPt55cGgtQruOc41JkFr1WwMMJBKFAvhau7VsjDVqzuSjXkdZWcheTMJGch" +
        "OSvJGYN/hPxjEZGmUHTpa4EgCJgzORyEcqeVW7SKLaaIGoc5fcNBKFDiYoeb+32y3yf7fbJX4FGBxwE8slVLGXOljLlSQRkHwFbctuK2FbdlckswV5m2" +
        "NkuYw83yvpvjLi9STRMP8SLV5LvOi2wmyxJlSUMsN0WF3bLdcLMH/9bNEvJbtxpbmsPN4003S4XhdsaIfr1IVwrhp6uF1+oIHgdHhdkhE4vsnhGCI0p4" +
        "KUlw3yr8ahdxe0EFcfuFF1+RaJUYfVCwvix7VdZB4Cye/agrqOuoG8KI26g7xAV7SYUIjnDUIuGNRFQqSAPpwgd3yXEPrCBupTAiF5UHtoN84YuI990s" +
        "ke+7dYz7yqfI3vrMgffjfN0PgsPgCDgGToAG0AROga/AGdAqODpQnaBbGHFRsF58f52vez+qH3UNdQ11E3UTdQd1R+rFSqlnNvrG+T6fLrhngCyQA/JA" +
        "PigExWAn2A1KQZng2IeqBPuFEYcF62FfVXQUdRR1AnUC1YhqRJ1CnZJ6MZlSLhK8BC6DfsF5TwiNt+9fa3GzXD1ouFlqNkrtjxOOfKVg7gbhbIqwodQy" +
        "iCO5Ch5JklqULrWf4PW9Qs95IeyBULpEqTuWCzdXCMsThODjSlh/UmhqFU53CbsjlNCbKFzOw2Wj4q4lC6H1OHcIGRS1aZdQt0PBc2eEg1EKdqwUqjWV" +
        "LY0hUpujhZrdCsYeEnqp6O5Z4RCVh2+WKkyi3q3Cvmrh2Akhmjq6LghBgfhRWzO4uF7IzUQVCLd3Cksuy+9BvxB/R6hepLjQZOEB7auPEc7k0PoSoeWm" +
        "cJ9C26ijhrzldOyNDKERv7YiYRX9cvKUsPy0kHWblt4VDmyT31GaGxVEq2h9LdhwVSihBZdpwTX8AmOFw/SG2c/3aUsxg9elz3TLyj3CInr8Ui89RBff" +
        "oUGl9EtaqbAU59om4WaNkEgz9jLwp7PpnD7el9H6kpJ3NCiYvVkqghz3qfdsmILxVSjqyGQsexLJRpuDjtCWW8LFUF6LUg4zh67xguWpwhUm0nlGsOIA" +
        "hTLSX9LZGenMku1C7G7hEFhPtkpm7A2mStsmJvAuBpSZGLhPWMcgJ9Gn1W1CZA+jcEW4StddZGSSydYXKSTFM30Yy9gtZKP43WlMbyZr+QrXm1fTvmt0" +
        "2J1K3pKOKGGkr3UKHbz0rQxXt+/YyWjR97n0fU83rWJ9VFL59i3CdSbDfqbZ2mwhivHIpJHb6ZwiUlvLFAyn5JMJQh8llzJz4g64hvtQO41k+d3lZe7y" +
        "MktZqxH0UCYTJJI3usPSuHJYKGN9bGCJR9KqJobs3CX677Y55spxgcHLpCdvUkB6PFWyBnuZrF/SdVF0xL5yplSda4aF0+Y0OnE5o3rWnOO1NJLKU5kH" +
        "Z5k04dTbdo4Ouy8cpotbQS1v3kYppczTHTRyI0XV8ZZrGcbbbABJuDQUsfaZEbG81gGa1s1+cOAay/Q6k59Zt4etII6xbFyj1D10Z0E4U5mWLgLJDO0x" +
        "pnI9OcLo501003Y6cSfvW8smc5DeiFolHCPHHrppj3ZC+0mtFNtVvar9NFP+S2ZEDVvLLmbxaXAWLGd86xnzEirarRlhW6k9x3ZTM8xexODd06blcTGH" +
        "sQSpucwXtqDT7GaFvHkmU6WLGXHQXGWMbwc4Qq9tZGsO30ZvgD0s4lT2nA7Gow+sZl51M3jLWDP94DBrv415tYKXDmO0btAH65rZFFhMfSymdLa0REZw" +
        "BdtICa9VDfaDOlAPvgJLed9lYA87VxAjs+eGayFGsteVgX7mQRhL4wIjeCvUhQY2nmj2+zV0exAjWAyOsZ9GrBMK2IzMrmuncx5kCTuZxddYfn1hTs0c" +
        "FWVPZpvLZ3i66bVAOrHCVMRV0X+3t7r678SXTBpUG2B8LXl04j62quOgbTsdWyAcZTI0gR62/wyWRiNdfIgujhjq55ZyV2dvZ23tY8fcsJ8CQD0DwBwa" +
        "OMbWg3pwi23O3HfNpXuKVXHgK9egbGpxjUzKRV6Q4ck665qElxmocJb4TrCRjWLzedfsPAWughp2+T2gllHNGRqoO+xwp267hqxkaKCOsoQucgrdWiaU" +
        "MUbhq1wDVcqOyaS2HIhxjZt5Ml2IcY3g4ljXCBaxwPoZwTg2gOvsjne3uQbUXC6nslxDG5XtGt+VBa57SU2dh7oTnOgSNs7XkAeqocWgeotmQF2xcOye" +
        "sLdEGZYpV4TR5Lnd09bvWeg5qsezzNPS41nuaam+bi0zKV2nJKEI7PK0HAFHwTFwHJwA9YKtEdUEToJToJmE06CFYCuqHdWB6kR1gW7QA3oHCi2mtlJK" +
        "KcW51DPOJy7BtiPB5r7efIzfaj4WWXISbSmJNmuu+Sj2qEq2lSTbrHo0JNvOuBen2Xak2ax6ZKfZCO1Os92yFqXbstIVaz7uPJGfa8vOtdW2uDckOs4m" +
        "OiyNA48ziY6+gcfFgcelgcflgUd/oiPTKE4yXXcMPHYmmTl2DTwUujgQ0iMwzrmb5VcEykBisAaqZZMxuJvtBMGcM7fNwybBtcMdBptmaQEs8Rjc746D" +
        "DnADbFishGJ5dBFaymI+QFQsaot5dWLL35bkWv5nkoZpc0CFsPmfUdadiErQD26AmI8Hd4WH+6u5P4SxyYYnuy5T1cmujfckuALugQePYttqtekSi7WG" +
        "u9UZ0L5GcedQl0E4R90mrh5FqP2gGyQSdx1Esy8dA+0gNN0Fc69KB3mgHKzJdJ0EsagjqKvbXIdeH9vZoSziwFK2uChULioHbDOPjTQ1sh91A4Sz960D" +
        "ieYuCFIz5NILzuexdbEzpoBGgp2ovk+1pmURbJglQ9ifp0x7OW8bC113pytgbYESHqDCObGOsbEmooL8NW+GTrI9xTQddOykJC4pnag+85MB3AWt3Mfa" +
        "QNafNT6IVO6Mu0EPaFN8yF7lvCuRzWaeBwqA+XGxskrT5j4qp9JjEEGcUYlm20DVXzR0ZxV/cq92mjaizoF2xa/jVDgIGsAtEMQhsWOu5vDcwUP5+EHl" +
        "rkLt57CoLXedIqa6PXSU5IItIAucHjrGzc+xaI6X9eArkMPN5jio4+a6pF517EbdJa4bFcJZ1AEuNyg1kQOpgmAayJynTiLqPtjI7foG6vy8wXvDebC4" +
        "RTnbuUHc5AZRzVEW9/ngfSJCoiNAvci6iwGBnG0bSMvgI6dp0SMnXwI4DY6Bvezr1SrjNne9MHC0znVNudCtxGWozcStPmoMnAHliKRj3FtBKl99SRfk" +
        "ewq19gvVwtGacllRx1GHFNWP2NzgOnJ3gqXX5BG1Q7iNOtTIze6WVCnX2YOgi7g1nM8lJ103J/O47gE3QRg31E23lW07wSzuVX0gb+HggV4FjtyTxy18" +
        "+zjfT9/n5R4IlXwWFbe4zvz1YM1/a3Yi7oEbIIOr7lZ2wApuBe2hmoobuD+nL5JK7XBdEupAxBLFBXJdiAH5yxRcHS3c5vYQxa1+219VHKLorwNWxZ2i" +
        "udt1uwgzv67A+v/RnOSaUbBWJZSgVsY5B788N7O2orl6JGxWXBHYFy/c/ZuaEei6iFxJUFQ/iEsU8sAm7iWbh2DeVcyjPeqi+UVFPwSZnwpyPsSnjPm5" +
        "bt5k2klI3uYcvJWuy5CqAOZV/BzICnbdT2vAYXA3Vy4p+S70cR8KDqUTCxWs5GZUDVKIC+RycZQLfXwYCwrVDgK5N4WXKrUdFRTOGHONCubSWwG2E5e6" +
        "Ty5VoIlgUwUDwE2rpFIqhu/G2w9cF6+T1YpLqhFaCKYeoIdRZzq5ALGMcllQIcHcliIoBZWfT3MPyzkfrGJBbehy7WGhYBM36XPkWMEXfRTYCPI493JM" +
        "BXaDTrCr3jn4+b+R62A7yOBOmITajepa5LrGHyOuhmAtaAYFjSrg3EnhRJOQvphZxYfsFbBmMTm6lNCB2nZa6itcWkHOGbq9lQII1g39A6cL9IC0pdwx" +
        "wTIuqW1LXdfVVHAOhPO/qoYoCkUF8Z13i2ALqh10nVcdDXygngb5SxgP1E5dHTIvK7Gznwm/lOEF8UM3XfOSe4L/saXe4v34aikD67n43gBZ95UQGq2R" +
        "OMA/nnaBS+vNytiXNrouyEejdP5cAKv5ErwMVvAPtMxliluPKuLm3LCVfzKBuwRvpQgxqfwjK1Z+UfxHJWYV/2lKN1uguE6Ce7lr53IwJnHhrkhUwrot" +
        "Qt9qjhXQwv17caricmNYc2nDBq/jJtJAQbri2vhwzVvD6cHXawr/4CsH98GhWP6DVDBs8AK/h8/4e8UkxLGXg64dBMvkcpNgWLnUsn3CigphJ9/89es4" +
        "RFH3QRi3+uVgDdgJAmuHuUU7Au2dxj/66zaaB3/dRuOQbjZq9Ps2/ejv4Z8r5vHyL8m+niJlGVKD8d2Dzx6jVz8X/26bV1uG5GLLwxpd6vRjrfh6ex/6" +
        "nTY6xGGGpzHceML4njHC+L7xpPGUMVK/p41njFGW0ZZnjTGqqtnylPfjbRhnjDdeeGms8QPj+QFt/ND4p6HaOh9rU/OTP/rokfzWr6WjB9+i+cc/Ht/5" +
        "SCtdrXbxYalft86Ex5qnyGHNYwZDlm90oOWx+H8xq3nl0YHq/Pm3deF3TCXLow3/es6Bjup87MWGcr7ieNJpG0yZKf1S56ui/6AFGubDY7rxnx/pOcdp" +
        "OJ90/tU5Z4Yxw3B+b7Zh/j793PhcoYWG+Xtbxf+g2dJsafy3ICPYEmoPNsyfNdh8aSd8rfkvDovKmtZc5262It+h0HjnJsPp2VlrdERriqhNZh9Pcj7z" +
        "2Mtam1/6jhlmaf6213yoP3J83/nTzse781eq/zeO4eJER9xgnxrfmLyD2mJ8/c+92dGpHuyserSeR+rtNerNtdz5//br1hrqUJknzbVr9tQRsy/5czkZ" +
        "rpB7p21ANQ/GDr3Lg9Gm6zLD6ft/bFK67aRa1K2hazFaPvYwPE6co+JvOv5Q9gdZjMX5E+daw/mDf6DwX5vN/YnzfccTzkuD66eZ5Ws3V9MvnDcMZ84m" +
        "47lge+ff3YDMoTjkaG43mtc8dFn1hDbFn9Erze7OZLKU2AaTQqlg3SMb6FCJ/zoYKjOc/+wc4fy103D83nR6SXPoNcfbzmGO2YrLMxyG8w8OQ4tnzCMt" +
        "sw2pQ4bT5ni280N53zWEvznni/Ocy7RCHCEsE3fHRsM53TnSOdWZbHWGWMy1M9XZtO7hJHz5kcJ3OO2GPSPOMKp+1qiTxfyztRmNrp/zsbPE+kiHjR/U" +
        "MQOPXWO/ZQP7rp/1G/4P84Q/mv2mpfPVQdnq+UiT5nzdz/G/";
}
