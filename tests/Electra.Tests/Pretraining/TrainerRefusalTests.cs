using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>What a trainer refuses to be made of, or warns of when it is made.</summary>
public class TrainerRefusalTests
{
    [Theory]
    [InlineData(PretrainingObjective.Electra)]
    [InlineData(PretrainingObjective.MaskedLM)]
    public void A_padding_id_that_is_a_word_of_the_shards_is_refused_and_none_at_all_is_not(PretrainingObjective objective)
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2);
        if (objective == PretrainingObjective.MaskedLM) options = options.AsMaskedLM();
        SyntheticCorpus.Write(folder.File("shards"));
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), options.Data);
        using var wrong = new ElectraPretrainingModel(SyntheticCorpus.Config() with { PadTokenId = 7 }, options.Model);
        string message = Assert.Throws<ArgumentException>(() => new PretrainingTrainer(wrong, data, options)).Message;
        Assert.Contains("[PAD] is token 0", message, StringComparison.Ordinal);
        Assert.Contains("pad_token_id of the model is 7", message, StringComparison.Ordinal);
        using var none = new ElectraPretrainingModel(SyntheticCorpus.Config() with { PadTokenId = null }, options.Model);
        using var trainer = new PretrainingTrainer(none, data, options);
        trainer.Step();
    }

    [Fact]
    public void Options_that_model_or_data_were_not_made_with_are_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2);
        SyntheticCorpus.Write(folder.File("shards"));
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), options.Data);
        using var model = new ElectraPretrainingModel(SyntheticCorpus.Config(), options.Model);
        string Refusal(PretrainingOptions said) => Assert.Throws<ArgumentException>(() => new PretrainingTrainer(model, data, said)).Message;
        Assert.Contains(
            "the model was made with: Model.GeneratorSize is 0.5, there 0.25.", Refusal(options with { Model = options.Model with { GeneratorSize = 0.5 } }),
            StringComparison.Ordinal);
        Assert.Contains(
            "the data was opened with: Data.BatchSize is 4, there 8.", Refusal(options with { Data = options.Data with { BatchSize = 4 } }),
            StringComparison.Ordinal);
        new PretrainingTrainer(model, data, options).Dispose();
    }

    [Fact]
    public void A_second_trainer_in_the_folder_is_refused_until_the_first_is_gone()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2);
        using (var run = new PretrainingRun(folder, options))
            Assert.Throws<RunInUseException>(() => new PretrainingRun(folder, options));
        using (var run = new PretrainingRun(folder, options)) run.Trainer.Train();
    }

    [Fact]
    public void A_trainer_takes_the_lock_that_its_caller_holds_but_not_one_of_another_folder()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2);
        using (new PretrainingRun(folder, options))
        {
        }

        using RunLock held = RunLock.Acquire(options.OutputFolder), other = RunLock.Acquire(folder.File("other"));
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), options.Data);
        using var model = new ElectraPretrainingModel(SyntheticCorpus.Config(), options.Model);
        Assert.Throws<ArgumentException>(() => new PretrainingTrainer(model, data, options, folderLock: other));
        using (var trainer = new PretrainingTrainer(model, data, options, folderLock: held)) trainer.Step();
        Assert.Throws<RunInUseException>(() => RunLock.Acquire(options.OutputFolder)); // still the caller's
    }

    [Fact]
    public void A_trainer_that_could_not_be_made_leaves_the_networks_and_the_folder_as_they_were()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2);
        using (var run = new PretrainingRun(folder, options)) run.Trainer.Train();
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), options.Data);
        using var model = new ElectraPretrainingModel(SyntheticCorpus.Config(), options.Model);
        void Refused() => Assert.Throws<ArgumentException>(() => new PretrainingTrainer(model, data, options with { LearningRate = 0.5 }));
        Refused();
        TensorLeak.AssertNone(Refused);

        // In the mode in which a trainer adds gradients in place, they would not come back through autograd.
        using var scope = NewDisposeScope();
        model.Discriminator.zero_grad();
        model.Discriminator.forward(ones([2, 8], ScalarType.Int64)).sum().backward();
        Assert.All(model.Discriminator.parameters(), parameter => Assert.NotNull(parameter.grad));
        using var trainer = new PretrainingTrainer(model, data, options);
        Assert.True(trainer.IsComplete);
    }

    [Fact]
    public void A_batch_that_does_not_divide_and_data_that_does_not_fit_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("MicroBatchSize", Assert.Throws<ArgumentException>(
            () => new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 1, microBatch: 3))).Message);
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 1);
        options = options with { Data = options.Data with { SequenceLength = 41 } };
        Assert.Contains("sequence length 41", Assert.Throws<ArgumentException>(
            () => new PretrainingRun(folder, options)).Message);
    }

    [Theory]
    [InlineData("rotary_base", true)]
    [InlineData("transformers_version", false)] // bookkeeping
    public void Keys_that_make_a_run_slow_are_named(string key, bool isTold)
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2);
        SyntheticCorpus.Write(folder.File("shards"));
        JsonObject json = JsonNode.Parse(SyntheticCorpus.Config().ToJson())!.AsObject();
        json[key] = "7";
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), options.Data);
        using var model = new ElectraPretrainingModel(ElectraConfig.Parse(json.ToJsonString(), "config.json"), options.Model);
        var logger = new FakeLogger<PretrainingTrainer>();
        new PretrainingTrainer(model, data, options, logger: logger).Dispose();
        string[] warnings = [.. logger.Collector.GetSnapshot().Where(record => record.Level == LogLevel.Warning).Select(record => record.Message)];
        Assert.Equal(isTold, warnings.Any(message => message.Contains($"({key})", StringComparison.Ordinal)));
    }
}
