namespace Electra.Inference;

/// <summary>Puts first and second texts together.</summary>
internal static class TextPairs
{
    /// <summary>Texts of a stream that are taken at once: enough to find many of one length.</summary>
    public const int StreamedTexts = 4_096;

    /// <summary>Each text with its second one.</summary>
    public static IReadOnlyList<(string, string?)> Of(IReadOnlyList<string> texts, IReadOnlyList<string>? pairs)
    {
        if (pairs is not null && pairs.Count != texts.Count)
            throw new ArgumentException($"There are {texts.Count} texts, but {pairs.Count} second ones.", nameof(pairs));
        for (int i = 0; i < texts.Count; i++) if (texts[i] is null || (pairs is not null && pairs[i] is null)) throw new ArgumentException($"Text {i} is null.", nameof(texts));
        return [.. texts.Select((text, i) => (text, pairs?[i]))];
    }
}
