using System.Text;

namespace Electra.Tests.Tokenization;

/// <summary>Texts of few kinds of characters each, so that those that depend on each other meet often.</summary>
internal static class RandomTexts
{
    private static readonly (int First, int Last)[] Blocks =
    [
        ('a', 'z'), ('A', 'Z'), (' ', '/'), (0, 0x20), (0x7F, 0xBF), (0xC0, 0x24F), (0x300, 0x36F), (0x300, 0x345), (0x370, 0x3FF), (0x400, 0x52F),
        (0x591, 0x5F4), (0x600, 0x6FF), (0x8A0, 0x8FF), (0x900, 0x97F), (0x9BE, 0x9FE), (0xAFA, 0xBD7), (0xC3C, 0xDDF), (0xE00, 0xECF),
        (0xF70, 0xF84), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1715, 0x1735), (0x1AB0, 0x1AFF), (0x1B00, 0x1B44), (0x1BE6, 0x1BF3),
        (0x1C80, 0x1C8A), (0x1CD0, 0x1CFA), (0x1DC0, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x20D0, 0x20FF), (0x2100, 0x214F),
        (0x24B6, 0x24E9), (0x2E00, 0x2E7F), (0x3000, 0x303F), (0x3041, 0x30FF), (0x3400, 0x3410), (0x4E00, 0x4E20), (0xA640, 0xA6F7),
        (0xA7C0, 0xA7FF), (0xAC00, 0xAC80), (0xD7B0, 0xD7FF), (0xE000, 0xE010), (0xF900, 0xFAFF), (0xFB1D, 0xFB4F), (0xFE00, 0xFE2F),
        (0xFF00, 0xFFFD), (0x10400, 0x1044F), (0x11080, 0x110C0), (0x11340, 0x11380), (0x11900, 0x11940), (0x16FE0, 0x16FF1),
        (0x1D157, 0x1D1AD), (0x1E000, 0x1E02A), (0x1E130, 0x1E136), (0x1E900, 0x1E94A), (0x1F300, 0x1F650), (0x20000, 0x20010),
        (0x2B81E, 0x2B822), (0x2B91E, 0x2B922), (0x2F800, 0x2FA1F), (0x30000, 0x30010), (0xE0001, 0xE007F), (0x10FFFD, 0x10FFFF),
    ];

    private static readonly string[] Words =
        [" ", "  ", "\t", ".", "=", "the", "[MASK]", "[CLS]", "[mask]", "İ", "ı", "ẞ", "Σ", "\u212B", "q\u0307\u0323", "\u0314\u05B7 x", "=\u0338",
        "\u1E9B\u0323", "\uD83D", "\uDE00", "한글", "か\u3099", "\u1112\u1161\u11AB", "क\u094D\u093C", "\u0BC6\u0BBE", "👩‍👩‍👧", "\u302E", "\u0344"];

    public static string[] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Make(random))];
    }

    private static string Make(Random random)
    {
        (int First, int Last)[] blocks = random.GetItems(Blocks, random.Next(1, 5));
        var text = new StringBuilder();
        for (int length = random.Next(1, 40); length > 0; length--)
        {
            if (random.Next(8) == 0)
            {
                text.Append(Words[random.Next(Words.Length)]);
                continue;
            }

            (int first, int last) = blocks[random.Next(blocks.Length)];
            int value = random.Next(first, last + 1);
            if (Rune.IsValid(value)) text.Append(new Rune(value).ToString());
        }

        return text.ToString();
    }
}
