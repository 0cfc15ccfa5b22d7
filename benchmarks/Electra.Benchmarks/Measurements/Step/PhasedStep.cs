using Electra.Benchmarks.CommandLine;
using Electra.Data;
using Electra.Modeling;
using Electra.Native;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Measurements.Step;

/// <summary>
/// The same update as <see cref="TrainingLoop.Step"/>, made of the same parts with a clock between them. Whoever
/// changes the loop's step or the objective changes this one too.
/// </summary>
internal sealed class PhasedStep : IDisposable
{
    private readonly BenchmarkSettings _settings;
    private readonly ElectraPretrainingModel _model;
    private readonly PhaseClock _clock;
    private readonly TokenMasker _masker;
    private readonly ElectraObjective _objective;
    private readonly FlatParameters _parameters;
    private readonly FusedAdamW _optimizer;
    private readonly ParameterCopies? _copies;
    private readonly StepSums _sums;
    private readonly PrefetchingBatchLoader _batches;
    private long _step;

    /// <param name="settings">Sizes.</param>
    /// <param name="model">The networks, whose parameters are laid out anew.</param>
    /// <param name="data">The batches.</param>
    /// <param name="clock">Is given the times.</param>
    public PhasedStep(BenchmarkSettings settings, ElectraPretrainingModel model, PretrainingDataset data, PhaseClock clock)
    {
        (_settings, _model, _clock) = (settings, model, clock);
        ShardVocabulary words = data.Manifest.Vocabulary;
        _masker = new TokenMasker(settings.Options.Masking, settings.Config.VocabSize, words.MaskId, words.SpecialIds, model.Device);
        _objective = new ElectraObjective(model, _masker);
        _parameters = model.Networks.Flatten(ParameterGroups.WithDecay(settings.Options.WeightDecay));
        _optimizer = new FusedAdamW(_parameters, settings.Options.Optimizer);
        _copies = model.Networks.Copy(_parameters);
        _sums = new StepSums(model.Device, _objective.Sums.Select(sum => sum.Tensor));
        _batches = new PrefetchingBatchLoader(data.Training, default, settings.BatchSize, pinned: model.Device.type == DeviceType.CUDA);
        model.Train();
    }

    /// <summary>How long all steps so far waited for batches.</summary>
    public TimeSpan WaitTime => _batches.WaitTime;

    /// <summary>Makes one update.</summary>
    public void Run()
    {
        using var scope = NewDisposeScope();
        _clock.Start();
        using TokenBatch batch = _batches.Next();
        Tensor inputIds = HostToDevice.Copy(batch.InputIds, _model.Device); // (batch, seq)
        _clock.Mark(StepPhase.Data);

        long seed = RandomSeeds.Derive(_settings.Options.Seed, RandomSeeds.Purpose.Masking, _step);
        using StepRandomness draws = StepRandomness.Draw(seed, inputIds.shape[0], inputIds.shape[1], _model.Device);
        MaskedBatch corrupted = _objective.Corrupt(inputIds, null, null, draws);
        LossCounts counts = LossCounts.Of(corrupted);
        _clock.Mark(StepPhase.Mask);

        _parameters.ZeroGradients();
        _sums.BeginStep();
        _copies?.Renew();
        _clock.Mark(StepPhase.Optimizer);

        int rows = _settings.MicroBatchSize;
        for (int micro = 0; micro < _settings.Options.Data.MicroBatchesPerBatch; micro++)
        {
            _model.Networks.RestartDropout(_settings.Options.Seed, _step, micro);
            using Tensor loss = Forward(corrupted.Rows((long)micro * rows, rows, layout: null), counts);
            _sums.AddLoss(loss);
            _clock.Mark(StepPhase.Metrics);
            BackwardPass.Run(loss);
            _copies?.AddGradients();
            _clock.Mark(StepPhase.Backward);
        }

        _sums.MarkGradients(_parameters.Gradients);
        Tensor norm = _parameters.GradientNorm();
        _optimizer.Step(_settings.Options.LearningRateSchedule.At(_step), norm);
        _copies?.Expire();
        _clock.Mark(StepPhase.Optimizer);
        _sums.EndStep(norm, _optimizer.Skipped);
        _clock.Mark(StepPhase.Metrics);
        _step++;
    }

    public void Dispose()
    {
        _batches.Dispose();
        _sums.Dispose();
        _optimizer.Dispose();
        _copies?.Dispose();
        _parameters.Dispose();
        _objective.Dispose();
        _masker.Dispose();
    }

    private Tensor Forward(MaskedBatch rows, LossCounts counts)
    {
        using var scope = NewDisposeScope();
        Generation generation = _objective.Generate(_settings.IsFusedOnCpu ? rows : rows with { SamplingDraws = null });
        _clock.Mark(StepPhase.Generator);

        if (generation.Samples is null)
        {
            Tensor samples = ReplacementSampler.Sample(generation.LogProbabilities!, rows.SamplingDraws!, _model.Options.SamplingTemperature);
            generation = generation with { Samples = samples };
            _clock.Mark(StepPhase.Sample);
        }

        ElectraOutput output = _objective.Discriminate(rows, generation, counts);
        _clock.Mark(StepPhase.Discriminator);
        _objective.Count(rows, output);
        return output.Loss.MoveToOuterDisposeScope();
    }
}
