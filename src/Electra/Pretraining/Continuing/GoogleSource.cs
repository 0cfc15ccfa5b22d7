using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Tokenization;
using Electra.Training;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>A checkpoint of Google's code.</summary>
internal sealed class GoogleSource : PretrainingSource
{
    private readonly GoogleCheckpoint _checkpoint;

    public GoogleSource(string path, int? heads)
        : this(GoogleCheckpoint.Open(path, heads))
    {
    }

    private GoogleSource(GoogleCheckpoint checkpoint)
        : base(checkpoint.Prefix) => _checkpoint = checkpoint;

    public override PretrainingSourceKind Kind => PretrainingSourceKind.Google;

    public override ElectraConfig Config => _checkpoint.EncoderConfig;

    public override ElectraConfig? GeneratorConfig => _checkpoint.GeneratorConfig;

    public override ElectraTokenizer Tokenizer => ElectraTokenizer.FromPretrained(Path.GetDirectoryName(Path.GetFullPath(Name))!);

    public override long? Step => _checkpoint.HasOptimizerState ? _checkpoint.Step : null;

    /// <summary>Whether a path may be meant as a checkpoint of TensorFlow; opening it says more.</summary>
    public static bool IsCheckpoint(string path) => Directory.Exists(path)
        ? File.Exists(Path.Combine(path, "checkpoint")) || Directory.EnumerateFiles(path, "*.index").Any()
        : File.Exists(path + ".index") || File.Exists(path);

    public override PretrainingModelOptions Fit(PretrainingModelOptions options) => GooglePretraining.Fitting(_checkpoint, options);

    public override ElectraPretrainingModel Load(PretrainingModelOptions options, out PretrainingLoadReport report, Device? device = null)
    {
        ElectraPretrainingModel model = _checkpoint.LoadPretrainingModel(options, device);
        report = new PretrainingLoadReport { Unused = _checkpoint.UnknownVariables };
        return model;
    }

    internal override bool Start(TrainingLoop loop, PretrainingOptions options, ILogger logger) => GooglePretraining.Start(loop, _checkpoint, options, logger);

    private protected override void Dispose(bool disposing)
    {
        _checkpoint.Dispose();
        base.Dispose(disposing);
    }
}
