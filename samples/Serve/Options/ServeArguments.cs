using Electra.Training;

namespace Electra.Samples.Serve.Options;

/// <summary>What was typed.</summary>
internal sealed record ServeArguments
{
    /// <summary>Folders, as typed: <c>[name=][kind:]folder</c>.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Where to listen.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:8080";

    /// <summary>auto, onnx or libtorch.</summary>
    public string Runtime { get; init; } = "auto";

    /// <summary>Milliseconds.</summary>
    public double Window { get; init; }

    /// <summary>Tokens of a batch.</summary>
    public int BatchTokens { get; init; } = 2048;

    /// <summary>Requests that may wait for a model.</summary>
    public int MaxQueue { get; init; } = 256;

    /// <summary>UTF-16 units of a text.</summary>
    public int MaxText { get; init; } = 20_000;

    /// <summary>Texts of a request.</summary>
    public int MaxTexts { get; init; } = 64;

    /// <summary>Bytes of a body.</summary>
    public int MaxBody { get; init; } = 1 << 20;

    /// <summary>Seconds.</summary>
    public double Drain { get; init; } = 2;

    /// <summary>Tokens of the longest sequence.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Threads of a pass.</summary>
    public int? Threads { get; init; }

    /// <summary>When a question has no answer.</summary>
    public double? NoAnswerThreshold { get; init; }

    /// <summary>Where libtorch computes.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Arithmetic of libtorch.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Float32;
}
