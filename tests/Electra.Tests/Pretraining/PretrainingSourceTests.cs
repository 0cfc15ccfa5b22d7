using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Data;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Tests.Checkpoints;
using Electra.Tests.Support;
using Electra.Tokenization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>Runs that begin with weights that exist.</summary>
public sealed class PretrainingSourceTests : IDisposable
{
    private static readonly ElectraConfig Config = SyntheticCorpus.Config();
    private static readonly string[] Words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 94).Select(i => $"word{i}")];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EmbeddingSharing.All)]
    [InlineData(EmbeddingSharing.WordAndPosition)]
    [InlineData(EmbeddingSharing.None)]
    public void A_pair_is_loaded_tensor_for_tensor_and_shares_what_the_files_have_in_common(EmbeddingSharing sharing)
    {
        ElectraConfig small = Config.ToGenerator(0.5) with { NumHiddenLayers = 1, NumAttentionHeads = 2 };
        using ElectraPretrainingModel saved = Saved(new PretrainingModelOptions { EmbeddingSharing = sharing }, small);
        using ElectraPretrainingModel model = ElectraPretrainingModel.FromPretrained(_folder.FullPath, out PretrainingLoadReport report);
        Assert.Equal((sharing, 0.5), (model.Options.EmbeddingSharing, model.Options.GeneratorSize));
        Assert.Equal((1, 2), (model.Generator.Config.NumHiddenLayers, model.Generator.Config.NumAttentionHeads));
        AssertSame(saved, model);
        Assert.Empty(report.Fresh.Concat(report.Unused).Concat(report.Overruled));
        using ElectraPretrainingModel apart = ElectraPretrainingModel.FromPretrained(_folder.File("discriminator"), _folder.File("generator"));
        AssertSame(saved, apart);
    }

    [Fact]
    public void Embeddings_that_differ_give_way_to_the_discriminators_where_they_are_to_be_shared()
    {
        using ElectraPretrainingModel saved = Saved(new PretrainingModelOptions { EmbeddingSharing = EmbeddingSharing.None });
        using ElectraPretrainingModel model = ElectraPretrainingModel.FromPretrained(_folder.FullPath, out PretrainingLoadReport report, options: new PretrainingModelOptions());
        Assert.Contains("word_embeddings.weight", report.Overruled);
        Assert.Contains("gave way to the discriminator's", report.ToString(), StringComparison.Ordinal);
        Assert.Same(model.Discriminator.Electra.Embeddings, model.Generator.Electra.Embeddings);
        AssertSame(saved.Discriminator, model.Discriminator);
        Assert.True(IsSame(Of(saved.Generator, "generator_predictions.dense.weight"), Of(model.Generator, "generator_predictions.dense.weight")));
    }

    [Theory]
    [InlineData(EmbeddingSharing.All)]
    [InlineData(EmbeddingSharing.WordAndPosition)]
    [InlineData(EmbeddingSharing.GradientDisentangled)]
    public void Beside_a_discriminator_alone_stands_a_fresh_generator_with_its_embeddings(EmbeddingSharing sharing)
    {
        using ElectraPretrainingModel saved = Saved(new PretrainingModelOptions());
        using ElectraPretrainingModel model = ElectraPretrainingModel.FromPretrained(
            _folder.File("discriminator"), out PretrainingLoadReport report, options: new PretrainingModelOptions { EmbeddingSharing = sharing, PositionInitialization = PositionInitialization.Neighbours });
        AssertSame(saved.Discriminator, model.Discriminator);
        Assert.True(report.IsGeneratorFresh);
        Assert.All(report.Fresh, name => Assert.StartsWith("generator.", name, StringComparison.Ordinal));
        Assert.DoesNotContain(report.Fresh, name => name.Contains("embeddings.", StringComparison.Ordinal));
        Assert.Equal(8, model.Generator.Config.HiddenSize); // a quarter
        foreach ((string name, Parameter parameter) in model.Generator.Electra.Embeddings.named_parameters())
            Assert.True(IsSame(Of(model.Discriminator.Electra.Embeddings, name), parameter), name);
        using ElectraPretrainingModel usual = ElectraPretrainingModel.FromPretrained(_folder.File("discriminator"));
        Assert.Equal(0.25, usual.Options.GeneratorSize);
    }

    [Fact]
    public void An_encoder_becomes_a_masked_LM_and_a_generator_no_discriminators_generator_without_a_head()
    {
        using ElectraPretrainingModel saved = Saved(new PretrainingModelOptions());
        using (ElectraPretrainingModel model = ElectraPretrainingModel.FromPretrained(
            _folder.File("generator"), out PretrainingLoadReport report, options: new PretrainingModelOptions { Objective = PretrainingObjective.MaskedLM }))
        {
            AssertSame(saved.Generator, model.LanguageModel);
            Assert.Empty(report.Fresh);
        }

        string message = Assert.Throws<InvalidDataException>(() => ElectraPretrainingModel.FromPretrained(_folder.File("discriminator"), _folder.File("discriminator"))).Message;
        Assert.Contains("is no generator", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_that_do_not_go_together_are_refused_with_what_differs()
    {
        using ElectraPretrainingModel saved = Saved(new PretrainingModelOptions { EmbeddingSharing = EmbeddingSharing.None });
        string Refused(Func<ElectraConfig, ElectraConfig> change, ElectraTokenizer tokenizer, PretrainingModelOptions? options = null)
        {
            using var other = new ElectraForMaskedLM(change(Config.ToGenerator(0.25)));
            other.SavePretrained(_folder.File("other"), tokenizer);
            return Assert.Throws<InvalidDataException>(() => ElectraPretrainingModel.FromPretrained(_folder.File("discriminator"), _folder.File("other"), options)).Message;
        }

        var tokenizer = new ElectraTokenizer(Words);
        Assert.Contains("vocab_size is 99 and 120; max_position_embeddings is 40 and 20", Refused(config => config with { VocabSize = 120, MaxPositionEmbeddings = 20 }, tokenizer), StringComparison.Ordinal);
        Assert.Contains("embedding_size is 16 and 8", Refused(config => config with { EmbeddingSize = 8 }, tokenizer, new PretrainingModelOptions()), StringComparison.Ordinal);
        Assert.Contains("do_lower_case is true and false", Refused(config => config, new ElectraTokenizer(Words, new ElectraTokenizerOptions { Lowercase = false })), StringComparison.Ordinal);
        string[] swapped = [.. Words];
        (swapped[7], swapped[8]) = (swapped[8], swapped[7]);
        Assert.Contains("token 7 is 'word2' and 'word3'", Refused(config => config, new ElectraTokenizer(swapped)), StringComparison.Ordinal);
        Assert.Contains("99 and 98 tokens", Refused(config => config, new ElectraTokenizer(Words[..^1])), StringComparison.Ordinal);
        Assert.Contains("nothing that a run can begin with", Assert.Throws<FileNotFoundException>(() => PretrainingSource.Open(_folder.File("none"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_words_and_positions_leave_a_pair_as_it_was_otherwise()
    {
        using ElectraPretrainingModel saved = Saved(new PretrainingModelOptions());
        using ElectraPretrainingModel words = saved.WithWords([[7, 9]]), model = words.WithPositions(64);
        Assert.Equal((100, 64), (model.Generator.Config.VocabSize, model.Discriminator.Config.MaxPositionEmbeddings));
        Assert.Same(model.Discriminator.Electra.Embeddings, model.Generator.Electra.Embeddings);
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> old = saved.NamedParameters().ToDictionary(item => item.Name, item => (Tensor)item.Parameter);
        foreach ((string name, Parameter parameter) in model.NamedParameters()) Assert.True(IsSame(old[name], parameter.narrow(0, 0, old[name].shape[0])), name);
        Tensor table = model.Generator.Electra.Embeddings.WordEmbeddings;
        Assert.True(IsSame((table[7] + table[9]) / 2, table[99]));
    }

    [Fact]
    public void A_run_goes_on_from_another_ones_weights_moments_and_step()
    {
        ElectraConfig small = Config.ToGenerator(0.25) with { NumHiddenLayers = 1 };
        PretrainingOptions first = PretrainingRun.Options(_folder, steps: 6);
        SyntheticCorpus.Write(_folder.File("shards"));
        using PretrainingDataset data = PretrainingDataset.Open(_folder.File("shards"), first.Data);
        float[] weights;
        using (var model = new ElectraPretrainingModel(Config, small, first.Model, null))
        using (var trainer = new PretrainingTrainer(model, data, first))
        {
            trainer.Train();
            weights = Values(model);
        }

        // The same run, resumed with another generator's config, is refused.
        using (var other = new ElectraPretrainingModel(Config, first.Model))
            Assert.Contains("generator_config", Assert.Throws<ArgumentException>(() => new PretrainingTrainer(other, data, first)).Message, StringComparison.Ordinal);

        using PretrainingSource source = PretrainingSource.Open(first.OutputFolder);
        Assert.Equal((PretrainingSourceKind.Run, 6L, 1), (source.Kind, source.Step!.Value, source.GeneratorConfig!.NumHiddenLayers));
        PretrainingOptions next = first with { OutputFolder = _folder.File("next"), TrainSteps = 8, Model = source.Fit(first.Model) };
        using (ElectraPretrainingModel model = source.Load(next.Model, out PretrainingLoadReport report))
        {
            Assert.Empty(report.Fresh);
            Assert.Equal(weights, Values(model));
            using var trainer = new PretrainingTrainer(model, data, next);
            Assert.True(trainer.StartFrom(source));
            Assert.Equal(6, trainer.StepsDone);
            using SafetensorsReader old = SafetensorsReader.Open(Path.Combine(first.OutputFolder, "checkpoints", "step-000006", "state.safetensors"));
            using SafetensorsReader own = SafetensorsReader.Open(Path.Combine(trainer.Save(), "state.safetensors"));
            using var scope = NewDisposeScope();
            string[] kept = [.. old.Entries.Keys.Where(name => !name.StartsWith("metrics.", StringComparison.Ordinal))];
            Assert.Contains(kept, name => name.StartsWith("optimizer.exp_avg_sq.generator.", StringComparison.Ordinal));
            Assert.All(kept, name => Assert.True(IsSame(old.ReadTensor(name), own.ReadTensor(name)), name));
            Assert.True(trainer.Train().Completed);
        }

        // It has checkpoints of its own now.
        using (ElectraPretrainingModel model = source.Load(next.Model, out _))
        using (var trainer = new PretrainingTrainer(model, data, next))
            Assert.False(trainer.StartFrom(source));

        PretrainingOptions over = next with { OutputFolder = _folder.File("over"), TrainSteps = 6 };
        using (ElectraPretrainingModel model = source.Load(over.Model, out _))
        using (var trainer = new PretrainingTrainer(model, data, over))
            Assert.Throws<ArgumentException>(() => trainer.StartFrom(source));

        PretrainingOptions longer = next with { OutputFolder = _folder.File("longer") };
        using (ElectraPretrainingModel loaded = source.Load(longer.Model, out _), model = loaded.WithPositions(48))
        using (var trainer = new PretrainingTrainer(model, data, longer))
            Assert.Contains("position_embeddings", Assert.Throws<InvalidDataException>(() => trainer.StartFrom(source)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Googles_checkpoint_is_a_source_like_others()
    {
        using PretrainingSource source = PretrainingSource.Open(GoogleTiny.Folder, heads: GoogleTiny.Heads);
        Assert.Equal((PretrainingSourceKind.Google, 40L), (source.Kind, source.Step!.Value));
        Assert.Equal(source.Config.VocabSize, source.Tokenizer.VocabSize);
        PretrainingModelOptions options = source.Fit(new PretrainingModelOptions());
        using ElectraPretrainingModel model = source.Load(options, out PretrainingLoadReport report);
        Assert.Equal(options, model.Options);
        Assert.Empty(report.Fresh);
        using GoogleCheckpoint checkpoint = GoogleTiny.Open();
        using ElectraPretrainingModel expected = checkpoint.LoadPretrainingModel();
        AssertSame(expected, model);
    }

    [Fact]
    public void Loaded_networks_that_know_nothing_raise_an_alarm_in_their_first_updates_and_fresh_ones_do_not()
    {
        using ElectraPretrainingModel saved = Saved(new PretrainingModelOptions(), Config.ToGenerator(0.25), KnowNothing);
        Assert.Equal([TrainingAlarmKind.GeneratorDoesNotFit, TrainingAlarmKind.DiscriminatorDoesNotFit], Alarms("pair", model => ElectraPretrainingModel.FromPretrained(_folder.FullPath, options: model)));
        Assert.Equal([TrainingAlarmKind.DiscriminatorDoesNotFit], Alarms("alone", model => ElectraPretrainingModel.FromPretrained(_folder.File("discriminator"), options: model)));
        Assert.Empty(Alarms("fresh", model => new ElectraPretrainingModel(Config, model)));

        TrainingAlarmKind[] Alarms(string name, Func<PretrainingModelOptions, ElectraPretrainingModel> make)
        {
            PretrainingOptions options = PretrainingRun.Options(_folder, steps: 22) with { LogEvery = 11, OutputFolder = _folder.File("run-" + name), LearningRate = 1e-6 };
            if (!TokenShardManifest.Exists(_folder.File("shards"))) SyntheticCorpus.Write(_folder.File("shards"));
            using PretrainingDataset data = PretrainingDataset.Open(_folder.File("shards"), options.Data);
            using ElectraPretrainingModel model = make(options.Model);
            var recorder = new PretrainingRecorder();
            using var trainer = new PretrainingTrainer(model, data, options with { Model = model.Options }, recorder);
            trainer.Train();
            return [.. recorder.Alarms.Select(alarm => alarm.Kind)];
        }
    }

    // Calls every token replaced, all alike.
    private static void KnowNothing(ElectraForPreTraining discriminator)
    {
        using var withoutGradient = no_grad();
        Of(discriminator, "discriminator_predictions.dense_prediction.weight").fill_(0f);
        Of(discriminator, "discriminator_predictions.dense_prediction.bias").fill_(3f);
    }

    private ElectraPretrainingModel Saved(PretrainingModelOptions options, ElectraConfig? generator = null, Action<ElectraForPreTraining>? prepare = null)
    {
        var model = new ElectraPretrainingModel(Config, generator, options with { Seed = 7 }, null);
        prepare?.Invoke(model.Discriminator);
        var tokenizer = new ElectraTokenizer(Words);
        model.Discriminator.SavePretrained(_folder.File("discriminator"), tokenizer);
        model.Generator.SavePretrained(_folder.File("generator"), tokenizer);
        return model;
    }

    private static void AssertSame(ElectraPretrainingModel expected, ElectraPretrainingModel actual)
    {
        Assert.Equal(expected.NamedParameters().Select(item => item.Name), actual.NamedParameters().Select(item => item.Name));
        foreach (((string name, Parameter one), (_, Parameter other)) in expected.NamedParameters().Zip(actual.NamedParameters())) Assert.True(IsSame(one, other), name);
    }

    private static void AssertSame(nn.Module expected, nn.Module actual)
    {
        foreach ((string name, Parameter parameter) in expected.named_parameters()) Assert.True(IsSame(parameter, Of(actual, name)), name);
    }

    private static Parameter Of(nn.Module model, string name) => model.named_parameters().First(item => item.name == name).parameter;

    private static bool IsSame(Tensor one, Tensor other)
    {
        using var scope = NewDisposeScope();
        return one.shape.SequenceEqual(other.shape) && one.eq(other).all().item<bool>();
    }

    private static float[] Values(ElectraPretrainingModel model)
    {
        using var scope = NewDisposeScope();
        return [.. model.NamedParameters().SelectMany(item => item.Parameter.detach().contiguous().view(-1).data<float>().ToArray())];
    }
}
