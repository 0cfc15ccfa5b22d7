using Electra.Data;
using Electra.Samples.Search.Passages;
using Electra.Samples.Search.Ranking;

namespace Electra.Samples.Search.Options;

/// <summary>What the arguments come to: checked, complete, ready to be carried out.</summary>
internal sealed record SearchPlan
{
    /// <summary>What passages are found by.</summary>
    public required SearchBy By { get; init; }

    /// <summary>The encoder's folder; null where nothing is found by vectors.</summary>
    public string? Model { get; init; }

    /// <summary>The layer that vectors are taken from; null: the last.</summary>
    public int? Layer { get; init; }

    /// <summary>The cross-encoder's folder; null for none.</summary>
    public string? Reranker { get; init; }

    /// <summary>How many passages it reads.</summary>
    public required int Reranked { get; init; }

    /// <summary>The files; null for the SDK's documentation.</summary>
    public CorpusFileList? Corpus { get; init; }

    /// <summary>How they are read.</summary>
    public required CorpusOptions Reading { get; init; }

    /// <summary>How they are cut.</summary>
    public required PassageCutter Cutter { get; init; }

    /// <summary>Where passages and vectors are kept; null: nowhere.</summary>
    public string? Index { get; init; }

    /// <summary>What is asked; null where queries come from a file or the console.</summary>
    public string? Query { get; init; }

    /// <summary>A file of queries; null for none.</summary>
    public string? Queries { get; init; }

    /// <summary>How many passages are told.</summary>
    public required int Top { get; init; }

    /// <summary>Lines of JSON in place of text.</summary>
    public required bool Json { get; init; }

    /// <summary>Measure, and ask nothing.</summary>
    public required bool Evaluate { get; init; }

    /// <summary>Where to compute, as typed.</summary>
    public required string Device { get; init; }

    /// <summary>What to say of what was not found and goes without; null for nothing.</summary>
    public string? Note { get; init; }
}
