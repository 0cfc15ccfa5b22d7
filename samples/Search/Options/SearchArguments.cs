namespace Electra.Samples.Search.Options;

/// <summary>What was typed, as it was typed; null or empty where nothing was.</summary>
internal sealed record SearchArguments
{
    /// <summary>The words of the query.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>A file of queries.</summary>
    public string? Queries { get; init; }

    /// <summary>Files, folders and globs to search; the SDK's documentation where there are none.</summary>
    public IReadOnlyList<string> Corpus { get; init; } = [];

    /// <summary>Every line of a text file is a document.</summary>
    public bool OneDocumentPerLine { get; init; }

    /// <summary>Lines that can't be read are passed over.</summary>
    public bool SkipBadLines { get; init; }

    /// <summary>Most words of a passage.</summary>
    public int? PassageWords { get; init; }

    /// <summary>How many of them the next one has, too.</summary>
    public int? PassageOverlap { get; init; }

    /// <summary>The encoder's folder.</summary>
    public string? Model { get; init; }

    /// <summary>The layer that vectors are taken from.</summary>
    public int? Layer { get; init; }

    /// <summary>What passages are found by.</summary>
    public string? By { get; init; }

    /// <summary>The cross-encoder's folder.</summary>
    public string? Reranker { get; init; }

    /// <summary>How many passages it reads.</summary>
    public int? Rerank { get; init; }

    /// <summary>Where passages and vectors are kept.</summary>
    public string? Index { get; init; }

    /// <summary>How many passages are told.</summary>
    public int Top { get; init; } = 5;

    /// <summary>Lines of JSON in place of text.</summary>
    public bool Json { get; init; }

    /// <summary>Measure.</summary>
    public bool Evaluate { get; init; }

    /// <summary>Where to compute.</summary>
    public string Device { get; init; } = "auto";
}
