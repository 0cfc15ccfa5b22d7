using Electra.Data;
using Electra.Pretraining;
using Electra.Tokenization;

namespace Electra.Benchmarks.Curves.Training;

/// <summary>Trains one run from the beginning to the end.</summary>
internal static class CurveTraining
{
    /// <summary>Does it.</summary>
    /// <param name="settings">What all runs have in common.</param>
    /// <param name="setting">What this one has to itself.</param>
    /// <param name="corpus">The text.</param>
    /// <param name="output">A folder for what the trainer writes.</param>
    public static TrainedRun Run(CurvesSettings settings, RunSetting setting, CurvesCorpus corpus, string output)
    {
        PretrainingOptions options = settings.Options with
        {
            Model = settings.Options.Model with { Seed = setting.Seed },
            Data = settings.Options.Data with { Seed = setting.Seed },
            Seed = setting.Seed,
            Precision = setting.Precision,
            OutputFolder = output,
            Resume = false,
        };
        var recorder = new CurveRecorder();
        using PretrainingDataset data = PretrainingDataset.Open(corpus.Folder, options.Data);
        using var model = new ElectraPretrainingModel(settings.Config.WithVocabulary(corpus.Tokenizer), options.Model, settings.Device);
        using var trainer = new PretrainingTrainer(model, data, options, recorder);
        trainer.Train();
        return recorder.Finish(setting);
    }
}
