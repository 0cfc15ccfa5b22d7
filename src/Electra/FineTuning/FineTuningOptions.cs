using Electra.Training;

namespace Electra.FineTuning;

/// <summary>
/// How an encoder is fine-tuned. The defaults are the paper's for ELECTRA-Small; <see cref="Recipe"/> has the others. Saved with every checkpoint,
/// and compared when a run resumes.
/// </summary>
public sealed partial record FineTuningOptions : TrainingOptions
{
    /// <summary>The defaults: rate 3e-4, no weight decay, float32, a report every 50 updates, an evaluation after each epoch.</summary>
    public FineTuningOptions()
    {
        (LearningRate, WeightDecay) = (3e-4, 0);
        (TrainSteps, WarmupSteps) = (1, 0); // until the number of examples is known
        (LogEvery, EvaluateEvery, SaveEvery, KeepCheckpoints) = (50, 0, 1_000, 2);
        (Precision, OutputFolder) = (TrainingPrecision.Float32, "fine-tuned");
    }

    /// <summary>How often the training examples are gone through; above 0. Decides on <see cref="TrainingOptions.TrainSteps"/>.</summary>
    /// <value>null: as the task has it, which is 3, and 10 for small tasks.</value>
    public double? Epochs { get; init; }

    /// <summary>The share of all updates over which the rate rises, from 0 to 1. Decides on <see cref="TrainingOptions.WarmupSteps"/>.</summary>
    /// <value>0.1.</value>
    public double WarmupFraction { get; init; } = 0.1;

    /// <summary>Examples of an update; positive. The last one of an epoch has what is left.</summary>
    /// <value>32.</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>The longest sequence in tokens, special ones included; what is longer is cut. At most the encoder's positions.</summary>
    /// <value>null: as the task has it, which is 128, and 384 for question answering; less where the encoder has fewer positions.</value>
    public int? MaxLength { get; init; }

    /// <summary>How the examples of an update are padded.</summary>
    /// <value>ByLength.</value>
    public BatchPadding Padding { get; init; } = BatchPadding.ByLength;

    /// <summary>Positions of a forward pass, padding included, that must not be exceeded unless one example has more; positive. Decides on memory.</summary>
    /// <value>8,192.</value>
    public int PositionsPerPass { get; init; } = 8_192;

    /// <summary>
    /// What the rate shrinks by from layer to layer: a head has the whole rate, the top layer that times this, ..., embeddings the smallest. In (0, 1].
    /// </summary>
    /// <value>0.8.</value>
    public double LayerwiseLearningRateDecay { get; init; } = 0.8;

    /// <summary>Whether everything below the head has one more power of the decay, as in Google's code.</summary>
    /// <value>false.</value>
    public bool GoogleLayerRates { get; init; }

    /// <summary>How the losses of an update's examples become one.</summary>
    /// <value>Mean.</value>
    public LossReduction Reduction { get; init; } = LossReduction.Mean;

    /// <summary>The share of a class that is spread over all classes, in [0, 1). For one class of several.</summary>
    /// <value>0.</value>
    public double LabelSmoothing { get; init; }

    /// <summary>What the loss of an example weighs, by its label; 1 where nothing is said. For one class of several, and passages to be ranked.</summary>
    /// <value>null: all alike.</value>
    public IReadOnlyDictionary<string, double>? ClassWeights { get; init; }

    /// <summary>
    /// R-Drop (Liang et al. 2021, arXiv 2106.14448): each example goes through the network twice, and this times both divergences between the two
    /// predictions is added to both losses. Twice the work. For one class of several, and multiple choice.
    /// </summary>
    /// <value>null: off. Its authors' usual choice is 0.25.</value>
    public double? RDropWeight { get; init; }

    /// <summary>How many of the top layers start from fresh weights; from 0 to all.</summary>
    /// <value>0.</value>
    public int ReinitializedLayers { get; init; }

    /// <summary>
    /// Beginnings of names of parameters that are not trained, as <c>electra.embeddings</c> or <c>electra.encoder.layer.0.</c>.
    /// </summary>
    /// <value>None.</value>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>Whether the encoder, too, starts from fresh weights: what the same network is worth without pre-training.</summary>
    /// <value>false.</value>
    public bool FromRandomWeights { get; init; }

    /// <summary>
    /// Whether token type 1 starts from the row of token type 0: for pairs, on an encoder that was pre-trained on single texts only.
    /// </summary>
    /// <value>false.</value>
    public bool CopyTokenType { get; init; }

    /// <summary>The form of the head.</summary>
    /// <value>HuggingFace.</value>
    public Configuration.HeadStyle HeadStyle { get; init; } = Configuration.HeadStyle.HuggingFace;

    /// <summary>What the head starts from.</summary>
    /// <value>Glorot.</value>
    public Modeling.HeadInitialization HeadInitialization { get; init; } = Modeling.HeadInitialization.Glorot;

    /// <summary>Whether to evaluate after each epoch, when <see cref="TrainingOptions.EvaluateEvery"/> is 0.</summary>
    /// <value>true.</value>
    public bool EvaluateEachEpoch { get; init; } = true;

    /// <summary>
    /// Whether the model that is kept is the one with the best evaluation, not the last one. Its score is then a choice among several, and so a
    /// little too good.
    /// </summary>
    /// <value>false.</value>
    public bool SelectBest { get; init; }

    /// <summary>Evaluations without a better score after which the run ends; positive.</summary>
    /// <value>null: it goes on to the end.</value>
    public int? EarlyStoppingPatience { get; init; }

    internal override BatchShape Batches => new(MaxLength ?? FineTuningTask.UsualMaxLength, BatchSize, BatchSize);

    /// <summary>Updates of an epoch.</summary>
    internal long StepsPerEpoch(int examples) => (examples + BatchSize - 1) / BatchSize;

    /// <summary>These options with the longest sequence that a task and an encoder of so many positions allow.</summary>
    internal FineTuningOptions WithLength(FineTuningTask task, int positions) => this with { MaxLength = Math.Min(MaxLength ?? task.UsualLength, positions) };

    /// <summary>These options with what hangs on the task and its number of training examples.</summary>
    internal FineTuningOptions For(FineTuningTask task, int examples)
    {
        long perEpoch = StepsPerEpoch(examples);
        double epochs = Epochs ?? task.UsualEpochs;
        long steps = Math.Max(1, (long)Math.Ceiling(epochs * perEpoch));
        return this with
        {
            Epochs = epochs,
            TrainSteps = steps,
            WarmupSteps = (long)(WarmupFraction * steps),
            EvaluateEvery = EvaluateEvery == 0 && EvaluateEachEpoch ? perEpoch : EvaluateEvery,
        };
    }
}
