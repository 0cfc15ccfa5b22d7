namespace Electra.Pretraining;

/// <summary>What was loaded into the networks of a run, and what was not.</summary>
public sealed record PretrainingLoadReport
{
    /// <summary>Parameters that no file had, by the names of <see cref="ElectraPretrainingModel.NamedParameters"/>: they have fresh weights.</summary>
    public IReadOnlyList<string> Fresh { get; init; } = [];

    /// <summary>Tensors of the files that no network has a use for.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    /// <summary>
    /// Embeddings that generator and discriminator share here but not in the files, by their Hugging Face names: the discriminator's were taken, since the encoder
    /// is what a run is for.
    /// </summary>
    public IReadOnlyList<string> Overruled { get; init; } = [];

    /// <summary>Whether the generator is a fresh one; false also where there is none.</summary>
    public bool IsGeneratorFresh => Fresh.Any(name => name.StartsWith("generator.electra.encoder.", StringComparison.Ordinal));

    /// <summary>One sentence for a person.</summary>
    public override string ToString()
    {
        string fresh = IsGeneratorFresh ? "the generator starts fresh" : Fresh.Count == 0 ? "nothing starts fresh" : $"fresh: {Some(Fresh)}";
        return fresh + (Unused.Count == 0 ? "" : $"; not used: {Some(Unused)}")
            + (Overruled.Count == 0 ? "" : $"; the generator's {Some(Overruled)} gave way to the discriminator's, which differ");
    }

    private static string Some(IReadOnlyList<string> names)
    {
        const int named = 5;
        return string.Join(", ", names.Take(named)) + (names.Count > named ? $" and {names.Count - named} more" : "");
    }
}
