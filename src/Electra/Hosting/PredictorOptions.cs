using Electra.Inference;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Hosting;

/// <summary>What a model of an application is loaded from, and how it is put to work. Can be bound to a section of a configuration.</summary>
public sealed class PredictorOptions : IPredictorOptions
{
    /// <summary>The folder with model and tokenizer.</summary>
    /// <value>None: it must be given.</value>
    public string Folder { get; set; } = "";

    /// <summary>Where it computes, as <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <value>cpu.</value>
    public string Device { get; set; } = "cpu";

    /// <inheritdoc cref="InferenceOptions.Precision"/>
    public TrainingPrecision Precision { get; set; } = TrainingPrecision.Float32;

    /// <inheritdoc cref="InferenceOptions.MaxLength"/>
    public int? MaxLength { get; set; }

    /// <inheritdoc cref="InferenceOptions.PositionsPerPass"/>
    public int? PositionsPerPass { get; set; }

    /// <summary>What a <see cref="ZeroShotClassifier"/> asks; of no use to others.</summary>
    /// <value>null: what the folder was fine-tuned for.</value>
    public Prompt? Prompt { get; set; }

    /// <summary>Which vectors a <see cref="TextEmbedder"/> makes; of no use to others.</summary>
    /// <value>null: what the folder says.</value>
    public EmbeddingOptions? Embedding { get; set; }

    /// <summary>The score above which a <see cref="QuestionAnswerer"/> sees no answer; of no use to others.</summary>
    /// <value>null: every question has one.</value>
    public double? NoAnswerThreshold { get; set; }

    /// <summary>The options as predictors take them.</summary>
    internal InferenceOptions ToInference() => new()
    {
        Device = device(Device),
        Precision = Precision,
        MaxLength = MaxLength,
        PositionsPerPass = PositionsPerPass,
    };

    string IPredictorOptions.Place => Device;

    string? IPredictorOptions.Problem()
    {
        if (string.IsNullOrWhiteSpace(Folder)) return $"{nameof(Folder)} is not set: name the folder of the model.";
        if (!File.Exists(Path.Combine(Folder, "config.json"))) return $"{nameof(Folder)} is '{Folder}', where there is no config.json.";
        if (MaxLength < 4) return $"{nameof(MaxLength)} is {MaxLength}; it must be 4 at least.";
        if (PositionsPerPass < 1) return $"{nameof(PositionsPerPass)} is {PositionsPerPass}; it must be positive.";
        bool isKnown = Device is "cpu" or "cuda" || (Device.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(Device.AsSpan(5), out int index) && index >= 0);
        if (!isKnown) return $"{nameof(Device)} is '{Device}'; it must be cpu, cuda or cuda:n.";
        return PredictorServices.Problem(Prompt);
    }
}
