using System.Text.Json.Nodes;
using Electra.Data;
using Electra.Distributed;
using Electra.Inference;
using Electra.Modeling;
using Electra.Native;
using Electra.Optimization;
using Electra.Tokenization;
using Electra.Training;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>Fine-tuning as a loop's task: labelled examples in, learned from as a head says.</summary>
internal sealed class FineTuningRun : ITrainingTask
{
    private readonly TaskNetwork _network;
    private readonly TrainedNetworks _networks;
    private readonly EncodedTask _data;
    private readonly ElectraTokenizer _tokenizer;
    private readonly FineTuningOptions _options;
    private readonly FineTuningIdentity _identity;
    private readonly IFineTuningObserver _observer;
    private readonly ILogger _logger;
    private readonly IProcessGroup _group;
    private readonly BatchParts _parts;
    private readonly BestModel _best;
    private readonly RunningLoss _sums;
    private readonly string _mainMetric;
    private long _positions, _tokens; // since the last report

    /// <summary>Lays the parameters of a network out anew.</summary>
    /// <param name="network">The network; the run disposes of it.</param>
    /// <param name="data">The examples.</param>
    /// <param name="tokenizer">The encoder's.</param>
    /// <param name="options">How the run goes, complete.</param>
    /// <param name="identity">What the run is, to be told apart from others.</param>
    /// <param name="mainMetric">By which score evaluations are compared.</param>
    /// <param name="observer">Is told of progress.</param>
    /// <param name="logger">Is told of evaluations.</param>
    /// <param name="group">The ranks that share each update; null for this process alone.</param>
    public FineTuningRun(
        TaskNetwork network,
        EncodedTask data,
        ElectraTokenizer tokenizer,
        FineTuningOptions options,
        FineTuningIdentity identity,
        string mainMetric,
        IFineTuningObserver observer,
        ILogger logger,
        IProcessGroup? group = null)
    {
        (_network, _data, _tokenizer, _options, _identity, _observer, _logger) = (network, data, tokenizer, options, identity, observer, logger);
        (_mainMetric, _group) = (mainMetric, group ?? new SingleProcessGroup());
        _networks = new TrainedNetworks([new TrainedNetwork("model", network.Model, RandomSeeds.Purpose.FineTuningDropout)])
        {
            ComputeDtype = ComputeType.Resolve(options.Precision, network.Model.Device, logger),
        };
        Parameters = _networks.Flatten(ParameterGroups.WithLayerwiseDecay(
            options.WeightDecay, network.Model.Config.NumHiddenLayers, options.LayerwiseLearningRateDecay, options.GoogleLayerRates));
        Copies = _networks.Copy(Parameters);
        _networks.Train(true);
        _parts = new BatchParts(options.Padding, options.MaxLength!.Value, options.PositionsPerPass);
        _best = new BestModel(options.OutputFolder);
        _sums = new RunningLoss(Device);
    }

    public Device Device => _network.Model.Device;

    public ScalarType ComputeDtype => _networks.ComputeDtype;

    public TrainedNetworks Networks => _networks;

    public FlatParameters Parameters { get; }

    public ParameterCopies? Copies { get; }

    public IEnumerable<(string Name, Tensor Tensor)> Sums => [("losses", _sums.Tensor)];

    public bool HasHeldOutText => true;

    public bool IsDone => _best.EvaluationsSince >= _options.EarlyStoppingPatience;

    /// <summary>The last evaluation of this process; null before the first.</summary>
    public FineTuningEvaluation? LastEvaluation { get; private set; }

    /// <summary>Where the best model is, when it is another than the present one and is to be kept; else null.</summary>
    public string? BetterFolder(long step) => _options.SelectBest && _best.Step >= 0 && _best.Step != step ? _best.Folder : null;

    /// <summary>Updates made before the best evaluation.</summary>
    public long BestStep => _best.Step;

    /// <summary>How often the training examples were seen by a step.</summary>
    public double Epoch(long step) => (double)step / _options.StepsPerEpoch(_data.Training.Count);

    public ITrainingWork Next(StepPlan plan, long step)
    {
        long perEpoch = _options.StepsPerEpoch(_data.Training.Count), epoch = step / perEpoch;
        var order = new ExamplePermutation(_data.Training.Count, RandomSeeds.Derive(_options.Seed, RandomSeeds.Purpose.ExampleOrder), epoch);
        long start = step % perEpoch * plan.BatchSize, end = Math.Min(start + plan.BatchSize, _data.Training.Count);
        var batch = new EncodedExample[end - start];
        for (int i = 0; i < batch.Length; i++) batch[i] = _data.Training[(int)order[start + i]];
        return new FineTuningWork(batch, _data.HasWholeUpdates ? [batch] : _parts.Cut(BatchParts.Share(batch, _group.Rank, _group.Size)), step);
    }

    public Tensor Loss(ITrainingWork work, int part)
    {
        var update = (FineTuningWork)work;
        IReadOnlyList<EncodedExample> examples = update.Part(part);
        TokenRows rows = Rows([.. examples.SelectMany(example => example.Sequences)]);
        (_positions, _tokens) = (_positions + rows.Positions, _tokens + examples.Sum(example => (long)example.TokenCount));
        using var scope = NewDisposeScope();
        _networks.RestartDropout(_options.Seed, update.Step, ((long)_group.Rank << 32) + part);
        (Tensor losses, Tensor? logits) = _network.Learn(rows, examples);
        Tensor loss = losses.sum();
        if (_options.RDropWeight is double weight) loss = loss.add(Again(rows, examples, logits!, weight), Scalars.One);
        double divisor = _options.Reduction == LossReduction.Sum || update.Weight == 0 ? 1 : update.Weight; // of examples that all weigh nothing there is nothing to learn
        _sums.Add(loss, examples.Sum(example => example.Weight) * (_options.RDropWeight is null ? 1 : 2));
        return loss.div(Scalars.Of(divisor)).MoveToOuterDisposeScope();
    }

    public void Finish(ITrainingWork work)
    {
    }

    /// <summary>Reads the mean loss of an example since it was last read, and starts it again.</summary>
    public double ReadLoss() => _sums.Read();

    public void Report(RunProgress progress, MetricsLog log)
    {
        double loss = ReadLoss();
        var report = new FineTuningReport(
            progress.Step, progress.TrainSteps, progress.Progress, Epoch(progress.Step), loss, progress.Plan.LearningRate, progress.GradientNorm,
            _positions == 0 ? 0 : 1 - ((double)_tokens / _positions), progress.TokensPerSecond, progress.Elapsed, progress.Remaining);
        (_positions, _tokens) = (0, 0);
        log.Write(progress.Step, "train", [.. report.Figures()]);
        _observer.OnProgress(report);
    }

    public Action<MetricsLog?> Evaluate(long step, CancellationToken cancellationToken)
    {
        FineTuningEvaluation evaluation = Evaluate(_network, _data, _tokenizer, step, Epoch(step), _mainMetric, cancellationToken, _group);
        return log =>
        {
            log?.Write(step, "evaluation", [.. evaluation.Figures(), ("epoch", evaluation.Epoch)]);
            _logger.LogInformation("Step {Step}: {Evaluation}", step, evaluation);
            LastEvaluation = evaluation;
            if (_best.Step != step && _best.Add(step, evaluation.Score) && _options.SelectBest) _best.Save(folder => _network.Save(folder, _tokenizer, _options.MaxLength!.Value));
            _observer.OnEvaluated(evaluation);
        };
    }

    /// <summary>Evaluates a network, whose dropout is off meanwhile; ranks share the sequences, and each has the scores of all.</summary>
    public static FineTuningEvaluation Evaluate(
        TaskNetwork network, EncodedTask data, ElectraTokenizer tokenizer, long step, double epoch, string mainMetric, CancellationToken cancellationToken,
        IProcessGroup? group = null, Action? onBatch = null)
    {
        bool wasTraining = network.Model.training;
        network.Model.eval();
        try
        {
            var runner = new SequenceRunner(network.Model.Device, tokenizer.SpecialTokens.PadId, network.Model.Config.MaxPositionEmbeddings) { OnBatch = onBatch };
            var outputs = new RankedOutputs(group ?? new SingleProcessGroup());
            return new FineTuningEvaluation(
                step, epoch, [.. data.Evaluation.Select(set => set.Judge(outputs.Of(set.Sequences, own => runner.Run(own, network.Outputs, cancellationToken), cancellationToken)))],
                mainMetric);
        }
        finally
        {
            network.Model.train(wasTraining);
        }
    }

    public void Started(long step, string? checkpoint) => _observer.OnStarted(step, checkpoint);

    public void Tell(TrainingEvent what) => _observer.OnEvent(what);

    public void Saved(long step, string checkpoint)
    {
        if (_options.SelectBest) _best.DeleteOthers(TrainingCheckpointStore.ValuesBeside(checkpoint).Select(values => values["best"]).OfType<JsonObject>());
        _observer.OnSaved(step, checkpoint);
    }

    public JsonObject Describe() => new()
    {
        ["options"] = JsonNode.Parse(_options.ToJson()),
        ["identity"] = _identity.ToJson(),
        ["best"] = _best.ToJson(),
        ["positions"] = _positions,
        ["tokens"] = _tokens,
    };

    public TrainingOptions OptionsOf(TrainingCheckpoint checkpoint) => Saved(checkpoint);

    public IEnumerable<string> DifferencesFrom(TrainingCheckpoint checkpoint)
    {
        List<string> differences = [.. _options.DifferencesFrom(Saved(checkpoint))];
        TrainingOptions.Compare("", _identity.ToJson(), checkpoint.Value<JsonObject>("identity"), differences);
        return differences;
    }

    public void Restore(TrainingCheckpoint checkpoint)
    {
        _best.Restore(checkpoint.Value<JsonObject>("best"));
        (_positions, _tokens) = (checkpoint.Value<long>("positions"), checkpoint.Value<long>("tokens"));
    }

    public void GoBack(TrainingCheckpoint checkpoint)
    {
        Restore(checkpoint);
        if (_options.SelectBest) _best.ForgetMissing();
    }

    public void Dispose()
    {
        Copies?.Dispose();
        _networks.Release();
        Parameters.Dispose();
        _sums.Dispose();
        _network.Dispose();
    }

    // R-Drop: the same examples once more, with other dropout.
    private Tensor Again(TokenRows rows, IReadOnlyList<EncodedExample> examples, Tensor logits, double weight)
    {
        (Tensor losses, Tensor? others) = _network.Learn(rows, examples);
        Tensor first = nn.functional.log_softmax(logits, -1), second = nn.functional.log_softmax(others!, -1);
        Tensor both = ((first.exp() - second.exp()) * (first - second)).sum(); // of both divergences, over all examples
        return losses.sum().add(both, Scalars.Of(weight));
    }

    private TokenRows Rows(IReadOnlyList<TokenSequence> sequences) => TokenRows.Of(
        sequences, _tokenizer.SpecialTokens.PadId, _options.MaxLength!.Value, Device, _options.Padding == BatchPadding.MaxLength);

    private static FineTuningOptions Saved(TrainingCheckpoint checkpoint) =>
        FineTuningOptions.Parse(checkpoint.Value<JsonObject>("options").ToJsonString(), checkpoint.Folder);
}
