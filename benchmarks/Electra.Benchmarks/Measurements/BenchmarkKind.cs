using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Measurements.Gemm;
using Electra.Benchmarks.Measurements.Step;
using Electra.Benchmarks.Results;

namespace Electra.Benchmarks.Measurements;

/// <summary>A benchmark that can be asked for by name.</summary>
/// <param name="Name">The command.</param>
/// <param name="Description">For its help.</param>
/// <param name="Run">Runs it.</param>
internal sealed record BenchmarkKind(string Name, string Description, Func<BenchmarkSettings, BenchmarkResult> Run)
{
    /// <summary>All of them, in the order of <c>all</c>.</summary>
    public static IReadOnlyList<BenchmarkKind> All { get; } =
    [
        new("step", "Whole training steps of PretrainingTrainer, and each phase of a step.", StepBenchmark.Run),
        new("inference", "The discriminator's forward pass.", InferenceBenchmark.Run),
        new("latency", "One sentence at a time through a classifier: median and 99th percentile.", LatencyBenchmark.Run),
        new("scoring", "Sentences judged by the detection head, and by a masked LM token by token, beside the forward pass alone.", ScoringBenchmark.Run),
        new("finetune", "Updates of a text classifier, padded by length, to the longest and to --sequence-length.", FineTuningBenchmark.Run),
        new("gemm", "Matrix products at the model's shapes, and the step rate that they alone would allow.", GemmBenchmark.Run),
        new("tokenize", "Text to ids on one thread, to padded batches and to token shards on all.", TokenizeBenchmark.Run),
        new("pack", "Token shards to batches on one thread.", PackBenchmark.Run),
        new("checkpoint", "Saving and loading checkpoints and Hugging Face folders.", CheckpointBenchmark.Run),
    ];
}
