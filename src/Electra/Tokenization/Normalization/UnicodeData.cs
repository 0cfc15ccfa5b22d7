namespace Electra.Tokenization;

/// <summary>
/// What Hugging Face's engine (<c>tokenizers</c> 0.23) knows of Unicode, so that the same text gives the same ids there and here, whatever
/// the .NET runtime knows. Its parts are of different ages: categories are those of Unicode 8, decompositions and combining classes those
/// of Unicode 9, lower-case forms those of Unicode 17, word characters those of Unicode 16. It was read off the engine by
/// <c>tests/huggingface-tokenizers/unicode.js</c>; a test compares every code point.
/// Layout after Base64 and raw deflate, all numbers as 7-bit variable-length integers. Four sets, each as the number of its ranges, then
/// for each (gap to the range before, length): what cleaning removes, punctuation, non-spacing marks, word characters. Then three lists,
/// each as its length, then for each entry (difference to the code point before, value): lower-case forms (twice the distance, less one
/// and downwards when odd), full decompositions (number of code points, code points; Hangul is computed, not listed), combining classes
/// other than 0 of what does not decompose.
/// </summary>
internal static class UnicodeData
{
    public const string Packed =
        "7Zx5fJXV1e/vb+1nPhkBEwZJwKnOSlW02lYjRMWB9Iqp1ffzuS9pGxWnOEWrnRIIAQWUCCGGURKBROYhJIFAmAKEeZ5FZAggCoJaBhmuv/085xAUfbX27X3/" +
        "uDmH7157P3utPa+9ntNPbfG/XBE0+c+20VjjWQmYA7TD6bY4GWu2NNuZ8PqfkZyfnwnhOBRQ2xY7N4qx8gon/4PrkdQ154w6fUbJ6TNqKNrGenZLq6VxEUwo" +
        "eKKgMNuEgzXKukJuACAQXC3NBBINkXuNx3BVzH6o9rHJ6Cni4Yygh4VH4UkZYoFLjbtxr2lIljUW2G24RcAnhlwtndXdMgwK6tJQtcgmSA5sWONgD4Fxm/lr" +
        "ucMJocZq7jRDNKKSJEaOG0ZrmeXEpEmyN0Al3G60ka9MA/Ic3sJ1aDpbKcOTqDhE4fd4FN33QfqJ+gM8vGidFOO3crkC2sl1yIiOk78Yf5M4OQ6sKYGsgpdw" +
        "MWIAA5BCKFgwPFHSUgGtAMAerNRQE9djuMJeE4uAZPQX9zI8Z99pP2K879rPCIy/GddLmqkQDajfWU9hqIETSOymjkFNbmke7wPpCaSYDraUAHtvM4skx7pD" +
        "IFcNEPN1uSaYWdwTuv6COGTaYonAuBhJrf4jdKt7kQEXCuZVqhfa3AzAcAwo25PWuBWG4aCZtJZfwBBDRCkkiUKIeRNi8BlupW3DgYOQJOFXiMLP8Stlihi2" +
        "hILnFkxh3du1vcdgK3w9k2JHOb+HWJCQda/oCcHNwt7CAqAgpgUj8omCcvGYAQsi0kIMFWdwn1iIRa2pptiqtWotSXKHwHYgIRfXqCHAy8oQF5baChHcCths" +
        "RRzLE1wfc6dxPWDye7kbJW0MEahbAFGAutUReQecdZttKlmI9paxyow2oKJOJ6p+QNc27xvGU7LuAGB4beQ30l+gYKCFDANaNbnRaRG6Vl0PMQSXo4MlIhIF" +
        "B9fhBkCJmAJcKQ4OcsgGJg0HPjLj4uKW29gJFMLMj+YcGJcrA6Mggz20j71FtTNEUtUlJiDmrxElN7oh9XvFaRsDKOcCuRUKl9rKnC0WYAjkIAxLIK0k3WG1" +
        "JzkBFpCpxIC5YAzM2+xNjvHGYMjiK1S8I3aSMRBqZuzNxs8dxCDBROy7F9rlk67/DEOt6z27pQG0vA4eDJiJSMYSZUTFmJzY+GyIGHr5FIBm6II+wHjgMoF1" +
        "hRPZik4rw2gdMnnEHfHQVBB3m2TGtDf4+NomFxohszks5z7kgo/hiEgCl46LKSKGw4GZEuVBr5Zl+M9pXAQw/c1qG4AdF1J6h/vPTfHoGgSxhniuDRWxzWe0" +
        "rWxl+PUQJ7CUgsHZhShRSkUZJku4pWO8uGgoJCJOaN+whXbFEC/OgKOfeLTpP7MEBtuOos4NPHGmYZvieRYUmqjmcAGxFQxufW5Pib7VjIX3M7ZtojmARDHp" +
        "M+CJ0QaJYnkhfWQMD5cYzdAEl7j4xb1WZ7mMCnIVlrNJLoshV8CQtpFcLHigO4hqExf3W7HUJ4bEo6V5nwrZCW5CqJnuo0Q9xIGK11YhZD1iX2Xe5SUjyojy" +
        "LhczdLXR0vIuu9C4Ha0lZHnRcJLbPaC8eDfqpahbHE+1k5B5lag4hZ+Zgwyx5DKxxIH/lyw36cVU4FxbRrSpYMdKO2mKCxGNuOgb2sbD4NJDmZavYyAkhmka" +
        "iL9ivHXjoJg9sNwof6S32Iht7to499PmOqxXqkUsTDGN33Jh8SgM8yr8n/g218flGHNuuKPfeHS4ls78wmY30J1f6srj0oEbCM4F7Q00vTHqLs+zmmv/fklU" +
        "a5USE7KScbMbI56VqDo1VxInpmeJJZZu/yrEWH+GiGe993BUotEu786DIk9eZkeZZhSi6Wn0Fn267QFpcoe0vzzKiIuLU9JctTHRC02DoxV6RGmToi6OQks0" +
        "hSBWYi76c+pNvYHuaK3axSK5TXSSeZWZJJcYDswrh+PrNi8xLjEud26MCiFW7+cgVTdGVYqb4DnNLVwJN9US4GqeGkn0Et3klKYQL8FredctltxhQExu3dai" +
        "DLRprVpf7CCpRXsvwWsa3eTZTjffEH1D9OWOZ12mTCSewJU8FXHq5rYenLbJCVde0CrRvTs5zv2ljegWtmfdBM8wnEsEbqph8P66uAkutYxf622IWHj2baZn" +
        "GY3PIDwulb4ybLGVGfL0hXAZ/NSAEy2t7zM9w0i6C3C80WgvbqJ1UYpCyLvsF7ZnNbuwlcQanmVX47bMey9wBOJAkAQRN8q7y5FrmW91uwPnXoUmnRYxNLFc" +
        "XAM31mueJAmI6cSuXK3Yout4lgXBpbzGbG+6JLrxuEKZ0aF0pA22H8uKX4BlzTJiJzlxCd6QZHORUX3TrQujqw07GZ6VBs9KEjN0s2tEee4FZtNJ6hrlLcQd" +
        "ObjP+IUdz2s6JDHHrnM2uFd4e1MNPQmlEovWShBjOH1VXpOnzGjl2p6S1W28fONaSRxumMpyIo5apeNuuj06RkRpF5ECQxzYuJA+GlA21om0QAskf+OfIz/P" +
        "MRo5+lVOsmWth4140cth/rotnrtGxYhnYK4kx9+6QV25AVftUTYPKGJRh5B9xf2GN9o10Ar+7c2bAbwFDP/sqqA8/MccR2roCh7iTQUT8V8YLa2WVsuGZl6+" +
        "s2O5tJnRxtoO6X5NzORbYw8aJU2HGztDSy8zd7RZNeOqz7AylHIHfvTnsR9VW87JXSQ/7s/QVN8oVT/OyGHAN/ae0sJQJoMVBiuIGg4MVBgUFA1XMlqhREGM" +
        "0QrvKxnnq4hMozBNqUCaojDFfzSdlcUx9LXt//svu6v8WnOBLPzQUfQ4T5mzoYxjqxOsKmM41FPhDeBNnDVa4s+iuw/2/XIv7sW9kgP5G/4mP3Ll+Lkkzv2O" +
        "zlmvKOErh+oh8L/v4sd97/hpn3b/5fx58k/9JeGnbL0f/ae64l/2WZIw53n8e78y53lrzvNrzXc/NPD///3z/+LOfgbGi33mWvw//aqwMFf+R/55p17+b28i" +
        "Fud83EZy6HuefTMfFSv68806LX6EjUh+APiNjxoLRL7xUXyyCFiEaEofgt/oqDPAGeAr/Y1/X6qzjVPdgT65sG+5tg2+99NMplo34kd/Jsf8C53Z+T7tRD4d" +
        "Ayy9DcvHIPDMlWXA8THArDJgZhnosd1TZcCpMuDfsBN5QZqy4siPa6vZ9zzrjfNERP/sX4joVdYoSDFFVg401XdZ7lVoYlihicJCE7mFJnoVmlI60MTagSbK" +
        "B5qYE/Otkf4nehaaOBQ0srzQ/FaN3GKzhYyb8M/c8wvd3+Bf+nn9X2VoGDqf7yOd8T0f+VbuQHQO8D/yO/zHrNPMhJ8Y0OWO/akhYUp7/MjP4i/Q8ad/+sbN" +
        "gaTkWJCUXKI70YPoTbxhiXQYY0FSWSWVVVJZJZVPO7GsE8s6saxTb0ukM3XT+CCND9L4IE2X9baUpPNBOh+k80E6rTySaynJ4IMMPsjggwxqZPBpBnvwB/Yg" +
        "k1UyWSWTVTL5tBvLurGsG8u6sQfPUjeLD7L4IIsPsnQZe5DNB9l8kM0H2bTyaq4l8qoebx6bJFLyKREpZZSIDlT7A9GBun8gOvSiRHToS4noSPyxr6UklaYy" +
        "iVSayiRSWTmTSKXRTCKVGpnE3TT6OHE3Kz9O3M3KjxN3cyIeJ+5hlSe6W0o6cWzdiE5sqBvRiWrdiE40343o1Msy5F6qPUncRytPjbFE7ueInibuZ9nTxP3s" +
        "y9N9LVM688GzRGc+eJbozKfP9rUMSWNrWUQaW8si0vpQ6mMpeZBqLxAPUu0F4kHqvkB04YMXiS7s0ItEF1Z5kejCKi8SDzH7EvEQsy9xYtM53mwinY1nE+ls" +
        "PJtIf4MSkc6+ZBPpnINs4mE29ArxCPGqlrj6j7IvrxGPcrJfIx5lk6/1tS6StCEc1hArRtIpZQ+xWksKn2YQnYhuRBqRRaQT2X0tqPTeVp4Fle0nX2/7XD+X" +
        "6+f6+rmgZo6fy7FEpfgKGX6S0svP6UQWgmxAnqXkbrb0OHEf8ZTuB8eaVWZBpZVpvSydSKXi07dN8kmu4d0c8eM8hZ15OJ5l+ylv6L5l6EQWIlc3RW7SPKaZ" +
        "8haHT6QUUCJSmc0kUpnNJDox243oxGw3Io3ZLCKN2SziQWZfIB5k9gUindlsIp3ZbKLLaO4N4iHipdGWkns4nif6WrakcN0y9AHTfmMMp8CfwSw/Sevh53Qi" +
        "aaya1Yvl/gRn+RP8CPFqntVPkGMBuZZggAXhql2PatPDbbaU6XkosHMtoJL/ox8lKdIstulXRmiO0iXlpKq2aaKlFNvcdKM0J+vnFZqVmtW6bl1Qt1rXqtOs" +
        "1c/rNOvtXMuUNVpeY/e2rpZCh4tY6NAVDnByLUPynd6WKYMd1nlHPy118q2QvOPkW22kysm3EqVCl1doralaa4PWmqG1qvTT+U6+1Vy+cLgWXzpvWffKIIen" +
        "bbqTb8VIfy1P0uzv9NYyHW6hLqlw8i0lm1yWb9YcpOtM1yzSrNT133HydIt5ure9tUwO15yt6+zTFvZrjtflyzVLtdZ8zVJdMj8o76NlcowuWaTtjNXyUqe3" +
        "VS4yJmptFGRM1LooyGLNMVHroyBLotZFDYasj14XJTI3el1UvKyJXhe1wZCyJjVNHJnUpKaJkqlNappcIoVNappABmkWaQ7VHKlZojlWc2KTmiZPy6Kms5tC" +
        "FjXd2DRORjataQopaVrTVGRi05qmD8mUZjXNlFQ1q2l2sQxqVtMMUqQ5VJePbVbT7GPIooQNCUoWJcxOoLwxIU5GJtQkQEoSahJulrcTNya2l4WJsxMhizQX" +
        "Jm5M/IssbL6h+Z+ktsX6FrYsbLG+BWRhiw0tRBa2mNcCilzf4u+ysOXslpBFmgtbbmz5JmRzqyWtRDa3WtkKilzSimUfttojMi+pMtmTZUmVyaas1tyguTWp" +
        "Mjla5iRVJHtyOOlIksjhpC+SIFOSc5JFpibnJLtyOCknuYm8nUwLQ5OpNVJztObYZFron1yR/IyMajOhzY4LpGf7ivYivTRf1+yj2a99RXtDCtpXtL9CZuiS" +
        "mvYV7ZXMbl/RHlKrS+a1r2g/y5SUUfQTxJ30AL8n7iylRNw5mdJkC+rr+IdH8Q86kY6s9keiI6v9kejIun8kOtLj/JHoOJ7S+K/PcGqedumZfvJ1SJDr53Qw" +
        "xVqZROokSpNYY4yVzxo6kbvY1GP68ue2fpy4h9kniHvY/BPEPdzKTxD3sPkndJAwgRLRida70Xon/9bpphO5j3hKSzTyFHEfB/IUcT+zT5daUPeXas/4tE7k" +
        "fj58Wtdg158mHqCRZ4gH2LFniAeo/wzRmdlnic7MPqvLaOBZojMNPDve98y5vmfO9XO9/RyTNH8Cs/wkzZ/HLH8ef0M8pyU28hzxIPGCltjcCxzHg/44XvDH" +
        "8SAbf4HowmovEl1Y90XW7ZJr8VJ40U+69PVzftKl1M/pRB4iXtIStV8iHqLZl4iHOLqXiPT3eIMR6VyPbCKdD7I59nR/0Nl+kp6nB52tE/ktQ52Xid/S+MvE" +
        "w3TKrxAPc+CvEA+z8ivEw+zOK8TDrPwK8Ttm/0T8jlX+pMNvZl/VoQ4DodeIR1n5NeJRDuA14gk9Hm2egdWrjMvPSC/LlBRWzCBSXqf0OuOH7n784Ccp3fWS" +
        "ZfhJSnfrdT8X1Ozh55iklFrdmfOTr4NwbcVPUvJ9K36Sku9b8ZOUfN9KfthKvm9FB9zsWiaRyv5lEqmcykzWTfW7mOknqX4XM/0k1e9ipp+k+l3M9JNUv4uZ" +
        "OpFONNqN6MSGuhFpRJaW+CCLNtL8ZrL8JM1vJstP0vxmsvwkzW8my0/S/Nay/OTrUFRb8ZO0Ib4VP0kb4lvxk7QhvhU/SRtilfo59iqdyNYS+5fN+um+yWw/" +
        "SfdNZvtJum8y20/SfZPZfpLuW872LT/CTfkq8Qizr+oytvEq8Qjn/tUeli2T7QE69hloQVHO0enAIB2g+8B8bpCfF+Tn6ZhrgCZ1CwLdgkC3INAtCHQLAt2C" +
        "QLdC61Zo3YpAtyLQrQh0K7SukkJdt1DXLQzqFgZ1C4O6hUHdSl23UtetDOpWBnUrg7qVQZ8qgz5VBn0q0rpFWrco0C0KdIsC3aJAtyjQLQp0q7VutdatDnSr" +
        "A93qQLc60K0OdKsD3WKtW6x1iwPd4kC3ONAtDnSLA93iQLdW69Zq3dpAtzbQrQ10a4O5GaHrjtB1RwR1RwR1RwR1RwR163TdOl23LqhbF9StC+rWBX2qC/pU" +
        "p/vESHugJWqUru2nuUE6T8fLAzRpuT6wXB9Yrg8s1weW6wPL9YFuudYt17rlgW55oFse6JYHuuWBbnmgO9nOaRTl5zSK9XMaRfw54bhfarUcjvRzGsX7OUHU" +
        "r/SJqAtORJ0Fwz9BvjQwIrFf4bLcSNm8SJmW9AmpC04InxREbBVEbBVEbBVEbBVEbBVEbFUGtioDW5URW5URW5URW5URW5URW5URW0WBraLAVlHEVlHEVlHE" +
        "VlHEVlHEVlHEVn1gqz6wVR+xVR+xVR+xVR+xVR+xVR+xVR7YKg9slUdslUdslUdslUdslUdslYdtyWQ7XzNPr2VOUOavLLVEJtu+5/PrF+j6BawvBXo/6PdP" +
        "KbDrLEG1raQMvmfxbVXa/mr4tipt/5lvq1Drh99acyLvrkXUkdrb9S68Xe/I231Pk6+ZF7zH5kTeZ5VU2/OCnO9X8jXzNHMi78Ontc3T2uZpbbNO16zTNusC" +
        "m/57L2SuPnNzeeakzp4XPJmn35vzNfM0czSpMVLXLeMru/92jq5K1QdTUW/7G8CfinrbP97+VIzQRkYEL+o54dd1KacOpkGh+x1AjztGCcptA/fpX0ezpH+H" +
        "Kv6c0qHKaioDO1RZybJKl6zTXNOhyrpJenSsskzp3bHKUtKnY5XVXEo7VtFXdayyWkmNLp+vWafLF3esshLlVxQ/6lhlhWR5Rxr7JfFrYrfO79EqR7T8uZb/" +
        "oeWjHassW05o+Std3j2Vco9Uyvla7pVaZV0sJVou0yzXHJtaZbWTk1r3lGaBLn87lTanaHmq5jTNitQq65fo3RV4veuUWPkgvcr6zJOlXYszRJZrrtRcrblW" +
        "c73mRs3Nmls1P9D8UPOjrsUZSnZruUFzX9fiDFsOdS3OgBzqOjhD5IiWj2j5Sy1/qeVjWj6m5a+0/FXXwRmJsrBrcYYnwzKKM2JkbAZtjtecqDlZc6pmhWal" +
        "ZrXmTM1ZmrWaczPYwwVaXqi5OIM9XJnBFldmsPU1Wl6j5fVaXq/lTVrepOWtWt6awR6O1jYP6ZLPNA9rHskozjDk1NetdO+vsPgdAb5YDmDJMAEWFwuw+gMA" +
        "U4YC2DMGwNBaCbB6CoDVpQL0GgtgMbP/mA9g/ycAep4BUNtXgBlvCXCsQIC3RgrQfR2AIVsAbP4IwPa9AGb1FuDjEgEOT2WVYQC+HA0gbwMr7wYwnqaG1wiw" +
        "agaAAx8CWN5HgN1vC1BfB2BTDwFG9BdgySwARSsAfMyGTu4BsIKN548AUFnKdkcBWFAPYO16AP3Zxt5PAeTmsB5b20YcGiLAlAmUpgtwYqYAfQ8DOHMEwLtf" +
        "AajvJUDeaAHOsH8bCgX4cDJ7PxvAjmMATtPoTraxhLrzOLFHxwuwifV2VgEYwHnZshXAW9sBTDzBnp4EsHScAGvY3T657BV7v4wY+gWA2ezBYfbgS9bLKRJg" +
        "JWdDz/Np9qWai7e3EsDbcwD04ox/9jFniFP8FTtUy3kprwXQj5WXbQZwbAmAEnZjPhd++yROzkGOl6v1Pi3P2Ahg0ggBelPjNNvd01OAdxdRYhsTuJb7S6jG" +
        "PueuZl+OAziUx2HRykruoS85wHllAD7nRvqEK1i3lEa50u9zsseP5S6ZJkDRLAFWEEOotpA79ii3ys7h3MA1XFDuxJwFAAZzkUs5p/U7Aby+n6vwOYAvOHWH" +
        "uDKjqXbwdQFK3+X24VoWvUc1mp9Vzu3NzTqvIDzyevbvS07YVws5Sk7EbK70lw0AdnPQx8eHp33GTK4W534K537/PvaK52MhG5/2ngD/4GZYzG32ziQB+nA9" +
        "JrCT0zg5VXz60VwA+bS8ZSSAg7Rcy51TvDS83Ct2sZM8fic5mJMcTD+e1d6coQncIK9zRF/xaHy+EsBcno+hPOKvs1ebuWQHPuP8ndBrLsCnXLwJnMljNDD2" +
        "XTbJM/gxN+v7nLo+nIgF87ilVoV3WD77XM5JfIurukfv8WXsJBsv4z7Yw02Tz3Z3HuCEnQawklP8EbGMI99JK7XcpzPYyWE0tYqjfIfLeIIOoJRVNlbx7HNH" +
        "FHFYS9m1ffQHS7/kMf0HNz933Ry6gmKu5aZBAszhdE7P51ZmT3sRo7m0a7mVN1CjJ+d5OKdpGidxJse7jE5mOWejzwAB1lJjDqdpzlgobJkEwRfLoLCdW/59" +
        "7ogldC013MXbiT3EW1zfDVzz2Wxo1hkI3u4rgmOFolDFxTs1Ugwcmsy1JMqmcL/QBW2nN6vkyCdwq+zljliuTxnXdzexmrM2jK45fxxng5jDQ1xGn7Ob63GQ" +
        "GMh9tY+L9ybPzBFiJc/+Tu6rAg66J1frKOdg8DY6BR6mgzxMY+nSSriCBXQjszmsemIxsYrYQHxA9ON43yTm0HPlcmXmHA0fxNfp6+YSR7gPevJofMoVPJ4X" +
        "xkY6nv7094M47blcwWpiLf1p78ECTKcz0lO3i5NzZqIAM7mLv+TxO9jTBd7JE4XRdHMVXJ59nLUcTmKdlli2iPN3YlR4/ta/z01DaSexhZM4lZO4gK5qHbFz" +
        "Gid2OoA13Aybif10/+N5NDZxildwintH5nnHvPBkT+PZWkCPOXQxDRAbuABfLAtfY0OIDcRxujntd/XR3cpTsfSD8KIM3xFemTGHOEAuz8Q94U14mAuVzyM+" +
        "kxhGRzHik/Du3Ep8QSyhl59DLOOqTo4s1Ff0cFtPhJdsdmSh1vAIHeItdPxNAeZyjfIHhBeqlh7zGLG0MLxu+mb6tDC8gm8UhVewigfsCFewmA7gH/SOJ8eF" +
        "F1Qfl60Tw0vbZ1J4fd+eHo5LlqxygAXE+r0OMOwV4J0cANVE/XsusKraBdaecoH5swV4s1Y6yubQtJDIkVBlKCT7Q3NDkP2heSGo/aEa5nQ6LwRZFarUrNKs" +
        "CUFWa67RXKu5TnO95oZQTUhkk5Y3a27R3Kq5TT/drrlDl3yk5V1a3q3lBi3v1dynuV/z46CVat2HWm2zVmvVhpZdKcUjjRkjDZEhOo2VUTrtAZlcYowpMSBT" +
        "dDrUkEWjjdmjDTDdONo4JFJdbswoN8B0Urmh87PKjZOQqrHGxLF8oNPSoyIbS+w9JTZkk58qPz14Vjx0VvzsrHj4rHikxH5Yqkt9MzP8VPl5bWbGWdEvPXS2" +
        "9FCJPWeZgVk8zFXEXKKkuwPsGI7AN84kuvPWOqGvrpFhf7mSGN4NmNHXCbznOmI3cZQY+oYDVHcD9jLXj65hKYuKKL2nAzFeIONKw87kw1IP+JJSD14lH3YD" +
        "ZlJYSBwhjhKFTwY+5qy31t6mJ112/uhwaFY/OuzGtxCfE6eIM+di3EAH+IxHfwkjtQ+JXYMc4AClw0Q+L87hDGSqKC0m9hElLPsH0Z9ebi2xi8gbG4b2fGOJ" +
        "qcQ8YtCE8L1SRGk1pS/Gha/Qg3SOKyayjOhHh9mH0hRKk4lx+hIqd4AjlI4S+fSkg4kS7VOJsvEO8DHxyVQ6QvrZMcQmZhsoHXwGOPkM0Jvud3YEi6c6wHze" +
        "3psqw5HY58Q70x3gDKV83n9r6aZLKOVmATsi9+Kcanad2D2TlhjyNFA6qF9AiJPER4zudhITnwNOUShjBDqL2E/sfA7oMd8BTj4HTOLVMJWYTuhXlbcXecBp" +
        "SpMXOgFyeeOV6L4Ri54HqvY4wJb5LrCTRQeIXc8Dg3nHLCc2EseJXF45M14Ahr4QXPHrljvAIkqLefUsmxe+k7R0InIxTSHeIyYS2yNBgX6568/LagjxATGZ" +
        "cdI6YhXj4L4bHGAWpZMs20epB2+23cThjQ5QwuutjtlyYsJLwH4WnSaGMVY/SumTl4Io5BPijR0OsIvxyDHGI/W8GItfDqKT3i8Du7OBt3nuCokc3pRD+Ww8" +
        "X5k29zrnHh1JbCfWEvN5S9S/DJxg5NiTWLMqHPR8us8B3qQ0gmUD18C/UeZRKF3LKJgo4ztk6acOsJXSO38CRvKiHnPYAdZRWvEn4AiFERvDF/hMot+XDtBn" +
        "hgOcoLRiE+PE4w5Qy+B4ObGXZYN428/eEo7D9OW/nzhG9GS8O/yEA0xjdiKjtIPE1NeC8GARsfqUAxxn3YOMFraf5uDOOMBCvmRV7whHEEOIQX8GllA4RRwl" +
        "xjNwHkUPWMcYY1eeCwxlND62lwuU7Q6HHKuI3n1dIIfBRyFR8aYLDOzvAicYi/ThO8K4vwKjKFT91f+3iBHKtn3hWKWnflcjhvwNeI9By/R3XGA2pbeL3eA9" +
        "dgTPVn8GMiNHuEAVseBdFzj5d6B3Tjis+XykCxwhiktcYCoxnFHOiAh05KMDhT6H9PsZ5yFXv3i4wAq+GOmXfx0X7eKD0ePcIMYdPN4F6ggd2B8gJnYPR7tL" +
        "iJXEySkuMKYijIOMrrrncRIrXWAh46x6YgzLchiqrOHrwbs9eaAo7SJyGIXl17rALkq5+VxjBmXdGULXEdNYVrbABRYRm5ndXMcFYNw2e6ELFPIt9MSZcBi3" +
        "pd4FSpe4wA5my5Zyhil92MBwisdoCg9Uj+6MvXrTCqWKCnZ3pQtUEAN4oIbuDfuwPGI44/ID1Cjg7wN9iGHEVN57k7VEzCIaiJoNbvBjwjAGl7uI8YwwSynN" +
        "orS3V/ilYC3LljC7jNhGTN/kAge2uMD6zS4w9g3uKr4Wf04MeoMae11gN6Vx213gA1b5iJj8Iaf9IxpgdlXk56C9xH6ivB8jVuJNhrw7+4WD3zLiAJHPX742" +
        "9qFRSrl8azzO7A5Ku4i9n7jARr7ubicq+nI9KM3sBkw47AINR7jh+3F5iXcjcbMOmdfzF7uy4xwf34HmEkMYRh8lJp52gbz+DrCUP2PVEJ8N0Y3RLw0Lh9tr" +
        "+njAp8RAvlceJgr4c9yENz1gCKUqxuEbR/EnK+Iks8fHCFBYxp/FijygD3+fKRzA363G6h54QAOz8xm5T+HFWMrwva7EAwa/5wEHB/JaIXYwmn+jzAOmFPLM" +
        "lXtBcK9RTkwf6wE7+Ro8dRBvD74Lj+HPhfOI08SKIv4eNd0LXgfm8EeBU9V8UExfTuydwexcDzjGbM95HvDmAg8oqPOAmfwFYcNgXqKUThM9+Y7wFjGImEnk" +
        "LPPet3KsBuCnfPcB2xp99wGbzi3ZBizR3+8vOe/37F/j0nDbqgHqMy1/65GflXOzZ+vsayTvBz7W38bCDxv8QDk3/4ZsO7dK4+z2c7Pn7VrjQWxrpLhbCx5C" +
        "4P9xPgaxiEM8mqApmqIZLkCCJEpztBCtJk06fVeXk5CMNu1a4UK09mW0xUXn9KPhOwawDfEXP3Y+m+pb1f0SaaR6ySXJDecbWeMRNxa+0fy32YCR5x+gfnxx" +
        "oxL57tWT76hzdbhbr/7gUyDnHdu3l9if+YbvmIhzbf7KjneNRpWesOPdrEb/csCv8xD+4zE/91f32cfxONyYp6A/z7yMl2Nfg/48oFu4cBt7KptwSy7/0wmS" +
        "B6s7Bf+ruodnwvXT27fheVtcuF22YZUZ7leF7bZxh8MNNWAZdqM/96fu5jY/uce94DtmSW1Dux+8+V+x49yfNXzHmWnAzS7c2+woF25Hu/jsOnz3WWpUIo0d" +
        "C8xtsBtg6IqLzrN45z0OHwMbwo6s4d/6tXyXFT4Nq4N14V/jio1KzAb/vzwQ6f+3/emZxLDim3Az/ptHMNbYoj3aPu3advD7pANn/QG/r9+j2Vbzf2sWijsb" +
        "7oX/VA9uDQ/9MrerHe1+dtYHbAu8lxV2DDe5R+FOHo6W3a2GH+a9w3tkhb0Nu7ANg76hMiBaX0xXNPjLYLqjfTs7PPcX7q0u7LvCNdu5cG+3H3A9+ykX9lTY" +
        "cB+0490W5+uIcW52BVzD/osL+yRc2H93X3Fhv+QO9NzJw87u/F+ezxB/Sl50xSZ9jfv/qZmdWm70db/julbnm5vkRiWFEamm1fd65B/+Vd9t5xvWRsefr8/P" +
        "flvf/r8=";
}
