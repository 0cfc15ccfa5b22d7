using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Data;
using Electra.Native;
using Electra.Pretraining;
using TorchSharp;

namespace Electra.CudaCheck.Parts;

/// <summary>A short pre-training on the token shards that lie beside the program, with a check that it learns.</summary>
internal static class TrainingPart
{
    private const double LeastGain = 0.3; // nats at [MASK] between the first and the last report

    /// <summary>Passes when the loss falls.</summary>
    public static JsonObject Run(string device)
    {
        bool onGpu = device == "cuda";
        NativeBackend.TuneProcess();
        string folder = Directory.CreateTempSubdirectory("electra-check-").FullName;
        try
        {
            PretrainingOptions options = Options(onGpu) with { OutputFolder = folder };
            using PretrainingDataset data = PretrainingDataset.Open(Path.Combine(AppContext.BaseDirectory, "shards"), options.Data);
            ShardVocabulary words = data.Manifest.Vocabulary;
            ElectraConfig config = (onGpu ? ElectraConfig.Small : ElectraConfig.Tiny).WithVocabulary(words.Size, words.PadId);
            using var model = new ElectraPretrainingModel(config, options.Model, onGpu ? torch.CUDA : torch.CPU);
            var reports = new Reports();
            using var trainer = new PretrainingTrainer(model, data, options, reports);
            TrainingOutcome outcome = trainer.Train();
            (StepReport first, StepReport last) = (reports.All[0], reports.All[^1]);
            return new JsonObject
            {
                ["steps"] = outcome.Step,
                ["precision"] = model.ComputeDtype.ToString(),
                ["tokens_per_second"] = last.TokensPerSecond,
                ["mask_loss"] = new JsonArray([.. reports.All.Select(report => JsonValue.Create(report.MaskedLM.Mask.Loss))]),
                ["discriminator_loss"] = new JsonArray([.. reports.All.Select(report => JsonValue.Create(report.Detection!.DiscriminatorLoss))]),
                ["held_out_mask_loss"] = outcome.Evaluation?.MaskedLM.Mask.Loss,
                ["held_out_unigram_loss"] = outcome.Evaluation?.WordFrequencies.Loss,
                ["held_out_area_under_curve"] = outcome.Evaluation?.Detection!.Discriminator.AreaUnderCurve,
                ["passed"] = outcome.Completed && last.MaskedLM.Mask.Loss < first.MaskedLM.Mask.Loss - LeastGain,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PretrainingOptions Options(bool onGpu)
    {
        PretrainingOptions options = PretrainingOptions.Recipe(onGpu ? "small" : "tiny");
        long steps = onGpu ? 500 : 60;
        return options with
        {
            TrainSteps = steps,
            WarmupSteps = steps / 10,
            LearningRate = onGpu ? options.LearningRate : 1e-3, // the recipe's is for a long run
            LogEvery = (int)steps / 10,
            EvaluateEvery = 0,
            SaveEvery = 0,
            EvaluationExamples = 256,
            Data = options.Data with
            {
                BatchSize = onGpu ? 128 : 16,
                MicroBatchSize = null,
                SequenceLength = onGpu ? 128 : 64,
                JoinDocuments = false, // some examples are padded
            },
        };
    }

    private sealed class Reports : IPretrainingObserver
    {
        public List<StepReport> All { get; } = [];

        public void OnProgress(StepReport report) => All.Add(report);
    }
}
