using System.Text.Json.Nodes;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Modeling;
using Electra.Tests.Support;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

public sealed class PretrainedFolderTests : IDisposable
{
    private static readonly ElectraConfig Config = TinyConfig.Value;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"electra-folder-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Every_model_comes_back_as_it_was_saved()
    {
        RoundTrip<ElectraModel>(Config);
        RoundTrip<ElectraForPreTraining>(Config);
        RoundTrip<ElectraForMaskedLM>(Config);
        RoundTrip<ElectraForSequenceClassification>(Config.WithLabels(3));
        RoundTrip<ElectraForTokenClassification>(Config.WithLabels(5));
        RoundTrip<ElectraForQuestionAnswering>(Config);
        RoundTrip<ElectraForMultipleChoice>(Config);
    }

    [Fact]
    public void A_saved_folder_says_what_it_is_and_has_tied_weights_once()
    {
        using (var model = new ElectraForMaskedLM(Config)) model.SavePretrained(_folder);

        JsonNode config = JsonNode.Parse(File.ReadAllText(InFolder("config.json")))!;
        Assert.Equal("""["ElectraForMaskedLM"]""", config["architectures"]!.ToJsonString());
        Assert.Equal(
            ("electra", "float32", "float32"),
            ((string)config["model_type"]!, (string)config["dtype"]!, (string)config["torch_dtype"]!)); // newer versions read the one, older ones the other
        string[] ofHuggingFace =
        [
            "add_cross_attention", "architectures", "attention_probs_dropout_prob", "dtype", "embedding_size", "hidden_act", "hidden_dropout_prob",
            "hidden_size", "initializer_range", "intermediate_size", "is_decoder", "layer_norm_eps", "max_position_embeddings", "model_type",
            "num_attention_heads", "num_hidden_layers", "pad_token_id", "position_embedding_type", "summary_activation", "summary_last_dropout",
            "summary_type", "summary_use_proj", "torch_dtype", "type_vocab_size", "use_cache", "vocab_size",
        ];
        Assert.Equal(ofHuggingFace, config.AsObject().Select(entry => entry.Key));
        using SafetensorsReader file = SafetensorsReader.Open(InFolder("model.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Contains("generator_lm_head.bias", file.Entries.Keys);
        Assert.DoesNotContain("generator_lm_head.weight", file.Entries.Keys);
    }

    [Fact]
    public void A_folder_in_another_type_is_saved_as_what_it_then_is()
    {
        ElectraConfig half = ElectraConfig.Parse((Config with { HiddenAct = "relu" }).ToJson().Replace("{", "{\"dtype\": \"float16\",", StringComparison.Ordinal), "test");
        using (var model = new ElectraModel(half)) model.SavePretrained(_folder);
        JsonNode config = JsonNode.Parse(File.ReadAllText(InFolder("config.json")))!;
        Assert.Equal(("float32", "float32"), ((string)config["dtype"]!, (string)config["torch_dtype"]!));
    }

    [Fact]
    public void A_tokenizer_goes_with_the_model()
    {
        string vocabulary = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(vocabulary, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "words"]);
            ElectraTokenizer tokenizer = ElectraTokenizer.FromVocabulary(vocabulary);
            using (var model = new ElectraForPreTraining(Config)) model.SavePretrained(_folder, tokenizer);
            Assert.Equal(tokenizer.VocabularyHash, ElectraTokenizer.FromPretrained(_folder).VocabularyHash);
            Assert.Equal(
                ["config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"],
                Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        }
        finally
        {
            File.Delete(vocabulary);
        }
    }

    [Fact]
    public void Another_head_takes_the_encoder_and_starts_fresh()
    {
        using var generator = new ElectraForMaskedLM(Config, seed: 1);
        generator.SavePretrained(_folder);

        using var discriminator = ElectraForPreTraining.FromPretrained(_folder, out PretrainedLoadReport report, seed: 9);

        using var fresh = new ElectraForPreTraining(Config, seed: 9);
        AssertSame(Weights(generator, "electra."), Weights(discriminator, "electra."));
        AssertSame(Weights(fresh, "discriminator_predictions."), Weights(discriminator, "discriminator_predictions."));
        Assert.Equal(
            ["dense.bias", "dense.weight", "dense_prediction.bias", "dense_prediction.weight"],
            report.MissingKeys.Order(StringComparer.Ordinal).Select(key => key["discriminator_predictions.".Length..]));
        Assert.Equal(5, report.UnexpectedKeys.Count); // the generator's head
        Assert.All(report.UnexpectedKeys, key => Assert.StartsWith("generator_", key, StringComparison.Ordinal));
    }

    [Fact]
    public void An_encoder_loads_under_a_head_and_a_head_into_an_encoder()
    {
        using var encoder = new ElectraModel(Config, seed: 1);
        encoder.SavePretrained(_folder);
        using var classifier = ElectraForSequenceClassification.FromPretrained(_folder, out var report, config: Config.WithLabels(4));
        AssertSame(Weights(encoder), Weights(classifier, "electra."));
        Assert.Equal((4, 0), (report.MissingKeys.Count, report.UnexpectedKeys.Count));
        Assert.Equal([4L], Weights(classifier)["classifier.out_proj.bias"].shape);

        classifier.SavePretrained(_folder);
        using var back = ElectraModel.FromPretrained(_folder, out report);
        AssertSame(Weights(encoder), Weights(back));
        Assert.Empty(report.MissingKeys);
        Assert.All(report.UnexpectedKeys, key => Assert.StartsWith("classifier.", key, StringComparison.Ordinal));
    }

    [Fact]
    public void Sharded_weights_load()
    {
        using var model = new ElectraForMaskedLM(Config, seed: 1);
        SaveInShards(model);
        using var loaded = ElectraForMaskedLM.FromPretrained(_folder, out PretrainedLoadReport report);
        AssertSame(Weights(model), Weights(loaded));
        Assert.Empty(report.MissingKeys);
        Assert.Empty(report.UnexpectedKeys);
    }

    [Theory]
    [InlineData("not json", "not a readable index")]
    [InlineData("{}", "weight_map")]
    [InlineData("""{"weight_map": {"a": 3}}""", "not a readable index")]
    [InlineData("""{"weight_map": {"a": null}}""", "not a readable index")]
    [InlineData("""{"weight_map": {"a": "../b.safetensors"}}""", "../b.safetensors")]
    [InlineData("""{"weight_map": {"a": "gone.safetensors"}}""", "gone.safetensors")]
    [InlineData("""{"weight_map": {"a": "0.safetensors"}}""", "'a' is said to be in '0.safetensors'")]
    public void A_bad_index_is_named(string index, string place)
    {
        using (var model = new ElectraModel(Config)) SaveInShards(model);
        File.WriteAllText(InFolder("model.safetensors.index.json"), index);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ElectraModel.FromPretrained(_folder));
        Assert.Contains("model.safetensors.index.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_encoder_weights_and_wrong_shapes_are_named()
    {
        using (var model = new ElectraForPreTraining(Config)) model.SavePretrained(_folder);

        (Config with { NumHiddenLayers = 3 }).Save(InFolder("config.json"));
        string missing = Assert.Throws<InvalidDataException>(() => ElectraForPreTraining.FromPretrained(_folder)).Message;
        Assert.Contains("16 encoder weight(s) are missing", missing, StringComparison.Ordinal);
        Assert.Contains("electra.encoder.layer.2.", missing, StringComparison.Ordinal);

        (Config with { VocabSize = 98, MaxPositionEmbeddings = 39 }).Save(InFolder("config.json"));
        string shapes = Assert.Throws<InvalidDataException>(() => ElectraForPreTraining.FromPretrained(_folder)).Message;
        Assert.Contains("0 encoder weight(s) are missing, 2 have another shape", shapes, StringComparison.Ordinal);
        Assert.Matches(@"electra\.embeddings\.word_embeddings\.weight +config\.json asks for \[98, 16\]  the folder has F32 \[99, 16\]", shapes);
        Assert.Contains("position_embeddings", shapes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tied_matrix_saved_under_its_other_name_is_the_word_table()
    {
        using var model = new ElectraForMaskedLM(Config, seed: 1);
        model.SavePretrained(_folder);
        SafetensorsWriter.Write(
            InFolder("model.safetensors"),
            Weights(model).Select(entry =>
                (entry.Key == "electra.embeddings.word_embeddings.weight" ? "generator_lm_head.weight" : entry.Key, entry.Value)));
        using var loaded = ElectraForMaskedLM.FromPretrained(_folder, out PretrainedLoadReport report);
        AssertSame(Weights(model), Weights(loaded));
        Assert.Empty(report.UnexpectedKeys);
    }

    [Fact]
    public void The_names_that_layer_norms_had_in_old_files_load()
    {
        using var model = new ElectraForMaskedLM(Config, seed: 1);
        using (TorchSharp.torch.no_grad())
            foreach ((string name, Tensor parameter) in Weights(model)) if (name.Contains("LayerNorm", StringComparison.Ordinal)) parameter.uniform_(1, 2);
        model.SavePretrained(_folder);
        string Old(string name) => name
            .Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        SafetensorsWriter.Write(InFolder("model.safetensors"), Weights(model).Select(entry => (Old(entry.Key), entry.Value)));
        using var loaded = ElectraForMaskedLM.FromPretrained(_folder, out PretrainedLoadReport report);
        AssertSame(Weights(model), Weights(loaded));
        Assert.Empty(report.MissingKeys.Concat(report.UnexpectedKeys));

        SafetensorsWriter.Write(
            InFolder("model.safetensors"), Weights(model).SelectMany(entry => new[] { entry.Key, Old(entry.Key) }.Distinct().Select(name => (name, entry.Value))));
        Assert.Contains("keep one of them", Assert.Throws<InvalidDataException>(() => ElectraForMaskedLM.FromPretrained(_folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(99, 0, null)]
    [InlineData(6, 0, null)] // a table with rows to spare, as those rounded up have
    [InlineData(100, 0, "100 tokens")]
    [InlineData(99, 3, "[PAD] is token 3")]
    public void A_tokenizer_of_another_model_is_refused_before_anything_is_written(int size, int pad, string? fault)
    {
        List<string> tokens = ["[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(5, size - 5).Select(i => $"w{i}")];
        tokens.Insert(pad, "[PAD]");
        var tokenizer = new ElectraTokenizer(tokens);
        using var model = new ElectraForPreTraining(Config);
        if (fault is null)
        {
            model.SavePretrained(_folder, tokenizer);
            return;
        }

        string message = Assert.Throws<ArgumentException>(() => model.SavePretrained(_folder, tokenizer)).Message;
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder));

        using var unpadded = new ElectraForPreTraining(Config with { PadTokenId = null });
        if (size == 99) unpadded.SavePretrained(_folder, tokenizer); // no row is kept from learning
    }

    [SkippableFact]
    public void Redundant_tensors_of_older_files_are_not_reported()
    {
        string legacy = ReferenceData.Fixture("tiny-a/layout-maskedlm-legacy");
        using var model = ElectraForMaskedLM.FromPretrained(legacy, out PretrainedLoadReport report);
        Assert.Empty(report.MissingKeys);
        Assert.Empty(report.UnexpectedKeys);
    }

    [Fact]
    public void A_folder_without_weights_says_what_to_do()
    {
        Assert.Throws<DirectoryNotFoundException>(() => ElectraModel.FromPretrained(_folder));
        Directory.CreateDirectory(_folder);
        Config.Save(InFolder("config.json"));
        Assert.Contains("model.safetensors", Message(), StringComparison.Ordinal);
        File.WriteAllText(InFolder("flax_model.msgpack"), string.Empty);
        Assert.Contains("Flax", Message(), StringComparison.Ordinal);

        string Message() => Assert.Throws<FileNotFoundException>(() => ElectraModel.FromPretrained(_folder)).Message;
    }

    private void RoundTrip<TModel>(ElectraConfig config)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        using TModel model = TModel.Create(config, null, seed: 1);
        model.SavePretrained(_folder);
        using TModel loaded = PretrainedExtensions.FromPretrained<TModel>(_folder, out PretrainedLoadReport report, seed: 2);
        AssertSame(Weights(model), Weights(loaded));
        Assert.Empty(report.MissingKeys);
        Assert.Empty(report.UnexpectedKeys);
        Assert.Equal(config.NumLabels, loaded.Config.NumLabels);
        Assert.False(loaded.training);
    }

    private void SaveInShards<TModel>(TModel model)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        model.SavePretrained(_folder);
        File.Delete(InFolder("model.safetensors"));
        JsonObject map = [];
        (string, Tensor)[][] shards = [.. Weights(model).Select(entry => (entry.Key, entry.Value)).Chunk(9)];
        for (int i = 0; i < shards.Length; i++)
        {
            SafetensorsWriter.Write(InFolder($"{i}.safetensors"), shards[i]);
            foreach ((string name, _) in shards[i]) map[name] = $"{i}.safetensors";
        }

        JsonObject index = new() { ["metadata"] = new JsonObject(), ["weight_map"] = map };
        File.WriteAllText(InFolder("model.safetensors.index.json"), index.ToJsonString());
    }

    private string InFolder(string file) => Path.Combine(_folder, file);

    private static Dictionary<string, Tensor> Weights(nn.Module model, string prefix = "") =>
        model.named_parameters().Where(item => item.name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(item => item.name[prefix.Length..], item => (Tensor)item.parameter);

    private static void AssertSame(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, entry => Assert.True(entry.Value.eq(actual[entry.Key]).all().item<bool>(), entry.Key));
    }
}
