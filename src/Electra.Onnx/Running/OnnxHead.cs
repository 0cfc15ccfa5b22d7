namespace Electra.Onnx;

/// <summary>What a predictor wants of a file.</summary>
/// <param name="Purpose">What the head does, for messages.</param>
/// <param name="Outputs">Names of the outputs that are read.</param>
/// <param name="Rank">Axes of each.</param>
internal sealed record OnnxHead(string Purpose, string[] Outputs, int Rank)
{
    /// <summary>Scores of a text's labels, (batch, labels).</summary>
    public static OnnxHead Texts(string purpose) => new(purpose, [OnnxNames.Logits], 2) { IsOfLabels = true };

    /// <summary>Scores of a token's labels, (batch, seq, labels).</summary>
    public static OnnxHead Tokens { get; } = new("token classification", [OnnxNames.Logits], 3) { IsOfLabels = true };

    /// <summary>Scores of each token, (batch, seq) each.</summary>
    public static OnnxHead Answers { get; } = new("question answering", [OnnxNames.Starts, OnnxNames.Ends], 2);

    /// <summary>Scores of choices, (batch, choices).</summary>
    public static OnnxHead Choices { get; } = new("multiple choice", [OnnxNames.Logits], 2) { InputRank = 3 };

    /// <summary>Whether a token was replaced, (batch, seq).</summary>
    public static OnnxHead Detection { get; } = new("replaced token detection", [OnnxNames.Logits], 2) { IsOfTokens = true };

    /// <summary>One vector of a text, (batch, hidden).</summary>
    public static OnnxHead Embeddings { get; } = new("embeddings", [OnnxNames.Embedding], 2);

    /// <summary>Axes of the inputs.</summary>
    public int InputRank { get; private init; } = 2;

    /// <summary>Whether the last axis is that of tokens, whose length is open.</summary>
    public bool IsOfTokens { get; private init; }

    /// <summary>Whether the last axis is as long as the configuration has labels.</summary>
    public bool IsOfLabels { get; private init; }
}
