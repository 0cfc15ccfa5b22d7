using Electra.Configuration;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Training;

namespace Electra.Benchmarks.Race.Variants;

/// <summary>What an update of a run costs, on average over its phases and its batch ramp.</summary>
/// <param name="PositionsAnUpdate">Positions of the examples, padding included.</param>
/// <param name="FlopsAnUpdate">By <see cref="ModelFlops.Rule"/>, of the networks that are trained.</param>
internal sealed record RunCost(double PositionsAnUpdate, double FlopsAnUpdate)
{
    // A run has phases of some share of it and a ramp: a thousand places see them.
    private const int Places = 1_000;

    /// <summary>Counts.</summary>
    /// <param name="options">How the run goes; its length does not matter.</param>
    /// <param name="config">The encoder, with its vocabulary.</param>
    public static RunCost Of(PretrainingOptions options, ElectraConfig config)
    {
        using var model = new ElectraPretrainingModel(config, options.Model);
        var schedule = new RunSchedule(options with { Budget = null, TrainSteps = Places, WarmupSteps = 0 });
        var ofLength = new Dictionary<int, double>();
        double masked = Math.Max(options.Masking.MaskProbability, options.Masking.MaskProbabilityChange?.Final ?? 0); // slots there are for the larger share
        double positions = 0, flops = 0;
        for (int place = 0; place < Places; place++)
        {
            StepPlan plan = schedule.At(place, default);
            if (!ofLength.TryGetValue(plan.SequenceLength, out double each))
                ofLength[plan.SequenceLength] = each = Training(model, plan.SequenceLength, masked);
            positions += plan.Positions;
            flops += each * plan.Positions;
        }

        return new RunCost(positions / Places, flops / Places);
    }

    /// <summary>FLOPs of training a position: forward, and backward at twice that.</summary>
    private static double Training(ElectraPretrainingModel model, int length, double masked) => 3 * model.Networks.All.Sum(network =>
    {
        ElectraConfig config = network.Model.Electra.Config;
        double head = network.Model switch
        {
            ElectraForPreTraining => ModelFlops.OfDetectionHead(config),
            ElectraForMaskedLM => ModelFlops.OfMaskedLMHead(config, network.LeftBehind is { } kept && kept == model.Copying ? 1 : masked), // that of all tokens
            _ => 0, // a head that the rule does not know; the tower is nearly all
        };
        return ModelFlops.OfTower(config, length) + head + (network.LeftBehind is RecoveryHead ? ModelFlops.OfMaskedLMHead(config, masked) : 0);
    });
}
