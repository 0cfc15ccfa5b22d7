using System.Text.Json;
using Electra.Checkpoints;
using Electra.Data;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tests.Checkpoints;
using Electra.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>Training that goes on where Google's code stopped.</summary>
public class GooglePretrainingTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Three_more_updates_give_the_variables_and_moments_of_Googles_graph()
    {
        using var scope = NewDisposeScope();
        using GoogleCheckpoint checkpoint = GoogleTiny.Open();
        using ElectraPretrainingModel model = checkpoint.LoadPretrainingModel();
        model.Train(false);
        using var parameters = new FlatParameters(model.NamedParameters(), ParameterGroups.WithDecay(0.01));
        using var optimizer = new FusedAdamW(parameters, new AdamWOptions { Flavor = AdamWFlavor.Google });
        GooglePretraining.CopyMoments(checkpoint, optimizer.State().Where(state => state.Name != "step"));
        using var masker = new TokenMasker(new MaskingOptions(), model.Config.VocabSize, 4, [0, 2, 3], CPU);
        using var objective = new ElectraObjective(model, masker);
        using SafetensorsReader batches = SafetensorsReader.Open(Path.Combine(GoogleTiny.Folder, "batches.safetensors"));
        using JsonDocument meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(GoogleTiny.Folder, "meta.json")));
        var schedule = new LearningRateSchedule { Kind = LearningRateScheduleKind.Google, PeakLearningRate = 2e-4, WarmupSteps = 10, TrainSteps = 100 };
        for (int step = 0; step < 3; step++)
        {
            Tensor Batch(string name) => batches.ReadTensor($"step{step}.{name}");
            var batch = new MaskedBatch(
                Batch("original_input_ids"), Batch("attention_mask"), Batch("token_type_ids"), Batch("masked_input_ids"), Batch("masked_positions"),
                Batch("masked_original_ids"), Batch("masked_weights"), zeros_like(Batch("masked_original_ids")), ones_like(Batch("original_input_ids"), ScalarType.Bool));
            parameters.ZeroGradients();
            ElectraOutput made = objective.Discriminate(batch, objective.Generate(batch) with { Samples = Batch("sampled_ids") }, null);
            Assert.True(made.ReplacedInputIds.equal(Batch("replaced_input_ids")).all().item<bool>());
            made.Loss.backward();
            JsonElement reference = meta.RootElement.GetProperty("continued_steps")[step];
            AssertRelative(reference.GetProperty("total_loss").GetDouble(), made.Loss.item<float>());
            AssertRelative(reference.GetProperty("global_grad_norm").GetDouble(), parameters.GradientNorm().item<float>());
            double rate = schedule.At(checkpoint.Step!.Value + step);
            Assert.Equal(meta.RootElement.GetProperty("continued_learning_rates")[step].GetDouble(), rate, 1e-12);
            optimizer.Step(rate);
        }

        using SafetensorsReader expected = SafetensorsReader.Open(Path.Combine(GoogleTiny.Folder, "continued.safetensors"));
        using SafetensorsReader before = SafetensorsReader.Open(Path.Combine(GoogleTiny.Folder, "tensors.safetensors"));
        Dictionary<string, Tensor> state = optimizer.State().ToDictionary(item => item.Name, item => item.Tensor);
        Dictionary<string, FlatParameter> entries = parameters.Entries.ToDictionary(entry => entry.Name);
        double worst = 0, worstSlot = 0, moved = 0;
        string[] variables = [.. expected.Entries.Keys.Where(name => !GoogleTiny.IsSlot(name) && name != "global_step")];
        Assert.Equal(variables.Length, entries.Count);
        foreach (string variable in variables)
        {
            string tower = variable.StartsWith("generator", StringComparison.Ordinal) ? "generator." : "discriminator.", name = tower + GoogleTiny.ParameterOf(variable);
            bool isKernel = variable.EndsWith("/kernel", StringComparison.Ordinal);
            Tensor Reference(SafetensorsReader reader, string slot = "") => isKernel ? reader.ReadTensor(variable + slot).t() : reader.ReadTensor(variable + slot);
            worst = Math.Max(worst, Difference(Reference(expected), entries[name].View(parameters.Values)));
            worstSlot = Math.Max(worstSlot, Difference(Reference(expected, "/adam_m"), state["exp_avg." + name]));
            worstSlot = Math.Max(worstSlot, Difference(Reference(expected, "/adam_v"), state["exp_avg_sq." + name]));
            moved = Math.Max(moved, Difference(Reference(expected), Reference(before)));
        }

        output.WriteLine($"after 3 updates: parameters differ by at most {worst:G3}, moments by {worstSlot:G3}; parameters moved by up to {moved:G3}");
        Assert.InRange(moved, 1e-3, 1e-2);
        Assert.InRange(worst, 0, 2e-6);
        Assert.InRange(worstSlot, 0, 1e-6);

        void AssertRelative(double wanted, double actual) => Assert.InRange(actual, wanted * (1 - 1e-5), wanted * (1 + 1e-5));
        static double Difference(Tensor one, Tensor other)
        {
            Assert.Equal(one.shape, other.shape);
            return (one - other).abs().max().item<float>();
        }
    }

    [SkippableFact]
    public void A_trainer_takes_moments_and_step_once_and_then_goes_on_from_its_own_checkpoint()
    {
        using TemporaryFolder folder = new();
        using var scope = NewDisposeScope();
        var log = new Lines();
        using (var run = new Run(folder, log, steps: 100))
        {
            Assert.True(run.Trainer.StartFrom(run.Checkpoint));
            Assert.Equal(40, run.Trainer.StepsDone);
            Assert.Equal(0.4, run.Trainer.Progress, 1e-9);
            string saved = run.Trainer.Save();
            using SafetensorsReader state = SafetensorsReader.Open(Path.Combine(saved, "state.safetensors"));
            using SafetensorsReader expected = SafetensorsReader.Open(Path.Combine(GoogleTiny.Folder, "tensors.safetensors"));
            foreach ((string slot, string moment) in new[] { ("", "parameters."), ("/adam_m", "optimizer.exp_avg."), ("/adam_v", "optimizer.exp_avg_sq.") })
            {
                Assert.True(expected.ReadTensor("generator/embeddings_project/kernel" + slot).t().equal(state.ReadTensor(moment + "generator.electra.embeddings_project.weight")).all().item<bool>());
                Assert.True(expected.ReadTensor("electra/embeddings/word_embeddings" + slot).equal(state.ReadTensor(moment + "discriminator.electra.embeddings.word_embeddings.weight")).all().item<bool>());
            }

            Assert.Equal(40, state.ReadTensor("optimizer.step").item<float>());
            run.Trainer.Step();
            run.Trainer.Save();
        }

        Assert.Contains(log.Texts, line => line.Contains("from step 40", StringComparison.Ordinal));
        using var next = new Run(folder, log, steps: 100);
        Assert.False(next.Trainer.StartFrom(next.Checkpoint));
        Assert.Equal(41, next.Trainer.StepsDone);
        next.Trainer.Step();
        Assert.Contains(log.Texts, line => line.Contains("checkpoint of its own", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void A_checkpoint_without_moments_starts_a_run_at_step_0_and_this_is_logged()
    {
        using TemporaryFolder folder = new(), released = new();
        string prefix = GoogleTiny.Copy(name => !GoogleTiny.IsSlot(name)).Write(released.File("electra_small"));
        var log = new Lines();
        using var run = new Run(folder, log, steps: 20, prefix);
        Assert.False(run.Trainer.StartFrom(run.Checkpoint));
        Assert.Equal(0, run.Trainer.StepsDone);
        Assert.Contains(log.Texts, line => line.Contains("no moments", StringComparison.Ordinal));
        run.Trainer.Step();
    }

    [SkippableFact]
    public void What_a_run_cannot_go_on_from_is_refused_by_name()
    {
        using TemporaryFolder folder = new(), other = new(), files = new();
        string prefix = GoogleTiny.Copy(name => name != "generator_predictions/output_bias/adam_v").Write(files.File("some"));
        using (var run = new Run(folder, new Lines(), steps: 100, prefix))
            Assert.Contains("'generator_predictions/output_bias/adam_v'", Assert.Throws<InvalidDataException>(() => run.Trainer.StartFrom(run.Checkpoint)).Message, StringComparison.Ordinal);
        using (var run = new Run(other, new Lines(), steps: 40))
            Assert.Contains("TrainSteps", Assert.Throws<ArgumentException>(() => run.Trainer.StartFrom(run.Checkpoint)).Message, StringComparison.Ordinal);

        TensorBundleFile tied = GoogleTiny.Copy(name => !name.StartsWith("generator/", StringComparison.Ordinal) && !name.StartsWith("generator_predictions/dense/kernel", StringComparison.Ordinal));
        tied.Add("generator_predictions/dense/kernel", 32, 16);
        using (GoogleCheckpoint checkpoint = GoogleTiny.Open(tied.Write(files.File("tied"))))
            Assert.Contains("untied_generator", Assert.Throws<InvalidDataException>(() => checkpoint.LoadPretrainingModel()).Message, StringComparison.Ordinal);
        using (GoogleCheckpoint checkpoint = GoogleTiny.Open(GoogleTiny.Copy(name => name.StartsWith("electra/", StringComparison.Ordinal)).Write(files.File("tuned"))))
            Assert.Contains("fine-tuned", Assert.Throws<InvalidDataException>(() => checkpoint.LoadPretrainingModel()).Message, StringComparison.Ordinal);
        using GoogleCheckpoint tiny = GoogleTiny.Open();
        Assert.Throws<ArgumentException>(() => tiny.LoadPretrainingModel(new PretrainingModelOptions { Objective = PretrainingObjective.CorrectiveLM }));
    }

    [SkippableFact]
    public void Other_kinds_of_models_are_made_as_their_checkpoints_say()
    {
        using TemporaryFolder files = new();
        using (GoogleCheckpoint checkpoint = GoogleTiny.Open(GoogleTiny.Copy(name => !name.StartsWith("generator", StringComparison.Ordinal)).Write(files.File("uniform"))))
        using (ElectraPretrainingModel model = checkpoint.LoadPretrainingModel())
            Assert.Equal((GeneratorKind.Uniform, false), (model.Options.Generator, model.HasGenerator));

        TensorBundleFile bert = GoogleTiny.Copy(name => name.StartsWith("electra/", StringComparison.Ordinal) || (name.StartsWith("generator_predictions", StringComparison.Ordinal) && !name.Contains("dense/kernel", StringComparison.Ordinal)));
        bert.Add("generator_predictions/dense/kernel", 32, 16);
        using (GoogleCheckpoint checkpoint = GoogleTiny.Open(bert.Write(files.File("bert"))))
        using (ElectraPretrainingModel model = checkpoint.LoadPretrainingModel())
            Assert.Equal((PretrainingObjective.MaskedLM, 32), (model.Options.Objective, model.LanguageModel.Config.HiddenSize));
    }

    /// <summary>A run over invented text with the networks of a checkpoint.</summary>
    private sealed class Run : IDisposable
    {
        private readonly PretrainingDataset _data;
        private readonly ElectraPretrainingModel _model;

        public Run(TemporaryFolder folder, Lines log, long steps, string? checkpoint = null)
        {
            Checkpoint = GoogleTiny.Open(checkpoint);
            _model = Checkpoint.LoadPretrainingModel();
            PretrainingOptions options = PretrainingRun.Options(folder, steps) with
            {
                Model = _model.Options,
                Optimizer = new AdamWOptions { Flavor = AdamWFlavor.Google },
                Schedule = LearningRateScheduleKind.Google,
            };
            if (!TokenShardManifest.Exists(folder.File("shards"))) SyntheticCorpus.Write(folder.File("shards"));
            _data = PretrainingDataset.Open(folder.File("shards"), options.Data);
            Trainer = new PretrainingTrainer(_model, _data, options, logger: log);
        }

        public GoogleCheckpoint Checkpoint { get; }

        public PretrainingTrainer Trainer { get; }

        public void Dispose()
        {
            Trainer.Dispose();
            _model.Dispose();
            _data.Dispose();
            Checkpoint.Dispose();
        }
    }

    private sealed class Lines : ILogger<PretrainingTrainer>
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));
    }
}
