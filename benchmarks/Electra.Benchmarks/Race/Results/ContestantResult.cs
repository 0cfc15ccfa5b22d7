using System.Text.Json;
using Electra.Benchmarks.Race.Judging;
using Electra.Benchmarks.Race.Training;
using Electra.Benchmarks.Race.Variants;

namespace Electra.Benchmarks.Race.Results;

/// <summary>What a run came to; its file.</summary>
internal sealed record ContestantResult
{
    public required string Variant { get; init; }

    public required int Seed { get; init; }

    /// <summary>Why it has no figures; null for a run that came to its end.</summary>
    public string? Diverged { get; init; }

    public long Updates { get; init; }

    /// <summary>Tokens trained on, without padding.</summary>
    public long Tokens { get; init; }

    /// <summary>By the rule of <see cref="ModelFlops"/>.</summary>
    public double Flops { get; init; }

    /// <summary>Of training, saving included.</summary>
    public double Seconds { get; init; }

    /// <summary>As <see cref="TrainingFigures.Means"/>.</summary>
    public IReadOnlyDictionary<string, double> Training { get; init; } = new Dictionary<string, double>();

    /// <summary>As <see cref="Judgement.Figures"/>.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>As <see cref="Judgement.Baselines"/>.</summary>
    public IReadOnlyDictionary<string, double> Baselines { get; init; } = new Dictionary<string, double>();

    /// <summary>Of a run that came to its end.</summary>
    public static ContestantResult Of(Contestant contestant, long updates, double seconds, Judgement judgement)
    {
        TrainingFigures training = TrainingFigures.Read(contestant.MetricsFile, updates);
        return new ContestantResult
        {
            Variant = contestant.Variant,
            Seed = contestant.Seed,
            Updates = updates,
            Tokens = training.Tokens,
            Flops = updates * RunCost.Of(contestant.Options, contestant.Config).FlopsAnUpdate,
            Seconds = seconds,
            Training = training.Means,
            Figures = judgement.Figures,
            Baselines = judgement.Baselines,
        };
    }

    /// <summary>The result of a finished contestant; null for one that is not.</summary>
    public static ContestantResult? Load(Contestant contestant) => File.Exists(contestant.ResultFile)
        ? JsonFile.Read(contestant.ResultFile).Deserialize<ContestantResult>(JsonFile.Style)
        : null;

    /// <summary>Writes it.</summary>
    public void Save(Contestant contestant) => JsonFile.Write(contestant.ResultFile, JsonSerializer.SerializeToNode(this, JsonFile.Style)!);
}
