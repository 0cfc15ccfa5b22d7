using Electra.Configuration;
using Electra.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.CommandLine;

/// <summary>What is measured, with every default filled in.</summary>
internal sealed record BenchmarkSettings
{
    /// <summary>The name or path that was given.</summary>
    public required string Model { get; init; }

    /// <summary>The discriminator's config.</summary>
    public required ElectraConfig Config { get; init; }

    /// <summary>The recipe that goes with the model; its data options hold the batch.</summary>
    public required PretrainingOptions Options { get; init; }

    /// <summary>Element type of activations.</summary>
    public required ScalarType Dtype { get; init; }

    public required Device Device { get; init; }

    public required int Steps { get; init; }

    public required int Warmup { get; init; }

    public required int Threads { get; init; }

    public required bool Fused { get; init; }

    public required bool Recompute { get; init; }

    public required IReadOnlyList<string> Corpus { get; init; }

    public required string? Vocabulary { get; init; }

    /// <summary>The generator's config.</summary>
    public ElectraConfig Generator => Config.ToGenerator(Options.Model.GeneratorSize);

    public int BatchSize => Options.Data.BatchSize;

    /// <summary>Sequences a forward pass.</summary>
    public int MicroBatchSize => Options.Data.MicroBatchSize ?? BatchSize;

    public int SequenceLength => Options.Data.SequenceLength;

    /// <summary>Tokens a step.</summary>
    public long Tokens => (long)BatchSize * SequenceLength;

    /// <summary>Whether layers run as own CPU kernels, and sampling inside the generator's loss.</summary>
    public bool IsFusedOnCpu => Fused && Device.type == DeviceType.CPU;

    /// <summary>Operations a token.</summary>
    public ModelFlops Flops => ModelFlops.Of(Config, Generator, SequenceLength, Options.Masking.MaskProbability);

    /// <summary>The part that belongs into a report.</summary>
    public SettingsSummary Summary => new(
        Model, $"{Config.NumHiddenLayers} x {Config.HiddenSize}", Dtype == ScalarType.BFloat16 ? "bf16" : "fp32", BatchSize, MicroBatchSize,
        SequenceLength, Steps, Warmup, Threads, Device.ToString(), Fused, Recompute, Config.HiddenDropoutProb,
        Options.Masking.MaskProbability, Flops.Training);
}
