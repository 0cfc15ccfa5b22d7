namespace Electra.Samples.Serve.Limits;

/// <summary>How much a request may ask.</summary>
internal sealed record RequestLimits
{
    /// <summary>UTF-16 units of a text.</summary>
    public int TextLength { get; init; } = 20_000;

    /// <summary>Texts, questions or passages of a request; second texts are not counted.</summary>
    public int Texts { get; init; } = 64;

    /// <summary>Bytes of a request's body.</summary>
    public int BodyBytes { get; init; } = 1 << 20;

    /// <summary>Refuses what is empty, null or over a limit.</summary>
    /// <param name="texts">Of a request.</param>
    /// <param name="name">What the request calls them.</param>
    /// <exception cref="RequestException">Says what is wrong.</exception>
    public void CheckTexts(IReadOnlyList<string> texts, string name)
    {
        CheckCount(texts.Count, name);
        for (int i = 0; i < texts.Count; i++) CheckText(texts[i], $"{name}[{i}]");
    }

    /// <summary>Refuses none, and too many.</summary>
    /// <exception cref="RequestException">Says what is wrong.</exception>
    public void CheckCount(int count, string name)
    {
        if (count == 0) throw RequestException.Wrong($"{name} is empty.");
        if (count > Texts) throw RequestException.TooLarge($"{name} has {count:N0} items; {Texts:N0} are taken at once. Send several requests.");
    }

    /// <summary>Refuses a text that is missing or too long.</summary>
    /// <exception cref="RequestException">Says what is wrong.</exception>
    public void CheckText(string? text, string name)
    {
        if (text is null) throw RequestException.Wrong($"{name} is null.");
        if (text.Length > TextLength)
            throw RequestException.TooLarge($"{name} has {text.Length:N0} characters; {TextLength:N0} are taken.");
    }
}
