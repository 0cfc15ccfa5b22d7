using System.Text.Json;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Data;
using Electra.FineTuning;
using Electra.Optimization;
using Electra.Tests.Support;
using Electra.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.FineTuning;

public class ReferenceStepsTests
{
    private const int BatchSize = 32, Updates = 3;

    /// <summary>
    /// Three updates of Hugging Face's classes and PyTorch's AdamW on MRPC from wiki-mini, without dropout: losses and all parameters. The run goes
    /// through the trainer; the examples lie so that its order gives the reference's batches.
    /// </summary>
    [SkippableFact]
    public void Three_updates_are_those_of_the_reference()
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(ReferenceData.Fixture("finetuning/steps.json")));
        using SafetensorsReader tensors = SafetensorsReader.Open(ReferenceData.Fixture("finetuning/steps.safetensors"));
        using var folder = new TemporaryFolder();
        string encoder = WithoutDropout(folder);
        using var trainer = new FineTuningTrainer(encoder, Task(reference), Options(folder, epochs: 20.0 / Updates));
        using var scope = NewDisposeScope();
        Dictionary<string, Parameter> parameters = trainer.Model.named_parameters().ToDictionary(item => item.name, item => item.parameter);
        using (no_grad())
        {
            foreach (string name in tensors.Entries.Keys.Where(name => name.StartsWith("initial.", StringComparison.Ordinal)))
                tensors.CopyInto(name, parameters[name["initial.".Length..]]);
        }

        Assert.Equal((20, 2), (trainer.Options.TrainSteps, trainer.Options.WarmupSteps));
        double[] losses = [.. reference.RootElement.GetProperty("losses_before_update").EnumerateArray().Select(loss => loss.GetDouble())];
        for (int step = 0; step < Updates; step++)
        {
            trainer.Step();
            Assert.Equal(losses[step], trainer.LossSinceReport(), 1e-5);
            string after = $"after{step + 1}.";
            int compared = 0;
            foreach (string name in tensors.Entries.Keys.Where(name => name.StartsWith(after, StringComparison.Ordinal)))
            {
                Tensor expected = zeros_like(parameters[name[after.Length..]]);
                tensors.CopyInto(name, expected);
                Assert.True((expected - parameters[name[after.Length..]]).abs().max().item<float>() < 1e-5, name);
                compared++;
            }

            Assert.True(step == 0 || compared > 0, $"no parameters to compare after update {step + 1}");
        }
    }

    private static FineTuningOptions Options(TemporaryFolder folder, double epochs) => new()
    {
        Epochs = epochs,
        LearningRate = 3e-4,
        Schedule = LearningRateScheduleKind.LinearFromZero,
        OutputFolder = folder.File("run"),
        LogEvery = 1000,
        EvaluateEachEpoch = false,
    };

    private static TextClassificationTask Task(JsonDocument reference)
    {
        ExampleSet<TextExample> all = LabelledData.Read("MRPC").Training;
        int[] rows = [.. reference.RootElement.GetProperty("rows").EnumerateArray().SelectMany(batch => batch.EnumerateArray()).Select(row => row.GetInt32())];
        Assert.Equal(Updates * BatchSize, rows.Length);
        var order = new ExamplePermutation(rows.Length, RandomSeeds.Derive(0, RandomSeeds.Purpose.ExampleOrder), 0);
        var placed = new TextExample[rows.Length];
        for (int i = 0; i < rows.Length; i++) placed[order[i]] = all.Examples[rows[i]];
        ExampleSet<TextExample> training = all with { Examples = placed };
        return new TextClassificationTask("MRPC", LabelKind.SingleLabel, training, [("dev", training)], GlueTask.Named("MRPC").Labels);
    }

    private static string WithoutDropout(TemporaryFolder folder)
    {
        string copy = folder.File("encoder");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(LabelledData.WikiMini)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        string config = Path.Combine(copy, "config.json");
        (ElectraConfig.Load(config) with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0, ClassifierDropout = 0 }).Save(config);
        return copy;
    }
}
