using System.Buffers.Text;

namespace Electra.Data;

/// <summary>
/// Makes valid JSON of what other programs write: the numbers NaN, Infinity and -Infinity become 0, an escape for half of a surrogate pair
/// that lacks its other half becomes U+FFFD. Everything stays in its place.
/// </summary>
internal static class JsonRepair
{
    private const int EscapeBytes = 6;

    /// <summary>A copy of the line with all such places repaired; false when it has none.</summary>
    /// <param name="line">A line of JSON.</param>
    /// <param name="repaired">The copy.</param>
    /// <param name="withNumbers">Whether numbers are, which only those may want who don't read them.</param>
    public static bool TryRepair(ReadOnlySpan<byte> line, out byte[] repaired, bool withNumbers = true)
    {
        repaired = line.ToArray();
        Span<byte> rest = repaired;
        bool any = false, inString = false;
        while (rest.Length > 0)
        {
            int take = 1;
            if (inString && rest[0] == '\\') take = Escape(rest, ref any);
            else if (rest[0] == '"') inString = !inString;
            else if (!inString && withNumbers) take = Number(rest, ref any);
            rest = rest[Math.Min(take, rest.Length)..];
        }

        return any;
    }

    /// <summary>The length of the escape at the start, or of the two that make a pair.</summary>
    private static int Escape(Span<byte> rest, ref bool any)
    {
        if (!IsEscape(rest, out int unit)) return 2;
        if (unit is < 0xD800 or > 0xDFFF) return EscapeBytes;
        if (unit < 0xDC00 && IsEscape(rest[EscapeBytes..], out int next) && next is >= 0xDC00 and <= 0xDFFF) return 2 * EscapeBytes;
        "\\uFFFD"u8.CopyTo(rest);
        any = true;
        return EscapeBytes;
    }

    private static bool IsEscape(ReadOnlySpan<byte> rest, out int unit)
    {
        unit = 0;
        return rest.Length >= EscapeBytes && rest[0] == '\\' && rest[1] == 'u'
            && Utf8Parser.TryParse(rest[2..EscapeBytes], out unit, out int consumed, 'x') && consumed == EscapeBytes - 2;
    }

    /// <summary>The length of the number at the start that JSON does not know; 1 when there is none.</summary>
    private static int Number(Span<byte> rest, ref bool any)
    {
        int length = rest.StartsWith("NaN"u8) ? 3 : rest.StartsWith("Infinity"u8) ? 8 : rest.StartsWith("-Infinity"u8) ? 9 : 1;
        if (length == 1) return length;
        // The blanks keep it apart from what stands beside it: 1NaN is still no number.
        rest[..length].Fill((byte)' ');
        rest[1] = (byte)'0';
        any = true;
        return length;
    }
}
