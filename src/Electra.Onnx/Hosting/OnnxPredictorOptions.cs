using Electra.Hosting;
using Electra.Inference;
using Microsoft.ML.OnnxRuntime;

namespace Electra.Onnx;

/// <summary>What a model of an application is loaded from, and how it is put to work on ONNX Runtime. Can be bound to a section of a configuration.</summary>
public sealed class OnnxPredictorOptions : IPredictorOptions
{
    /// <summary>The folder with <c>model.onnx</c>, <c>config.json</c> and the tokenizer's files.</summary>
    /// <value>None: it must be given.</value>
    public string Folder { get; set; } = "";

    /// <inheritdoc cref="OnnxInferenceOptions.MaxLength"/>
    public int? MaxLength { get; set; }

    /// <inheritdoc cref="OnnxInferenceOptions.PositionsPerPass"/>
    public int PositionsPerPass { get; set; } = new OnnxInferenceOptions().PositionsPerPass;

    /// <inheritdoc cref="OnnxInferenceOptions.Threads"/>
    public int? Threads { get; set; }

    /// <inheritdoc cref="OnnxInferenceOptions.Configure"/>
    public Action<SessionOptions>? Configure { get; set; }

    /// <inheritdoc cref="PredictorOptions.Prompt"/>
    public Prompt? Prompt { get; set; }

    /// <summary>The score above which a question has no answer; of no use to other predictors.</summary>
    /// <value>null: every question has one.</value>
    public double? NoAnswerThreshold { get; set; }

    string IPredictorOptions.Place => "ONNX Runtime";

    /// <summary>The options as predictors take them.</summary>
    internal OnnxInferenceOptions ToInference() => new() { MaxLength = MaxLength, PositionsPerPass = PositionsPerPass, Threads = Threads, Configure = Configure };

    string? IPredictorOptions.Problem()
    {
        if (string.IsNullOrWhiteSpace(Folder)) return $"{nameof(Folder)} is not set: name the folder of the model.";
        if (!File.Exists(Path.Combine(Folder, OnnxNames.File))) return $"{nameof(Folder)} is '{Folder}', where there is no {OnnxNames.File}.";
        if (MaxLength < OnnxSequenceModel.ShortestLength) return $"{nameof(MaxLength)} is {MaxLength}; it must be {OnnxSequenceModel.ShortestLength} at least.";
        if (PositionsPerPass < 1) return $"{nameof(PositionsPerPass)} is {PositionsPerPass}; it must be positive.";
        return Threads < 1 ? $"{nameof(Threads)} is {Threads}; it must be positive." : PredictorServices.Problem(Prompt);
    }
}
