namespace Electra.Benchmarks.CommandLine;

/// <summary>The settings that a report names.</summary>
internal sealed record SettingsSummary(
    string Model,
    string Layers,
    string Precision,
    int BatchSize,
    int MicroBatchSize,
    int SequenceLength,
    int Steps,
    int Warmup,
    int Threads,
    string Device,
    bool Fused,
    bool Recompute,
    double Dropout,
    double MaskedFraction,
    double TrainingFlopsPerToken)
{
    /// <summary>In one line.</summary>
    public override string ToString() => string.Join(
        ", ",
        $"{Model} ({Layers})",
        Precision,
        $"batch {BatchSize} x {SequenceLength}",
        $"micro-batch {MicroBatchSize}",
        FormattableString.Invariant($"dropout {Dropout}"),
        $"fused kernels {(Fused ? "on" : "off")}",
        $"activations {(Recompute ? "recomputed" : "kept")}",
        $"{Steps} repeats after {Warmup}",
        FormattableString.Invariant($"{TrainingFlopsPerToken / 1e6:N1} MFLOP a token in training"));
}
