using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Configuration;

public class ElectraConfigTests
{
    [Fact]
    public void Defaults_are_electra_small_as_in_hugging_face()
    {
        ElectraConfig config = new();
        Assert.Equal(
            (30522, 128, 256, 12, 4, 1024, 512, 2, (int?)0),
            (config.VocabSize, config.EmbeddingSize, config.HiddenSize, config.NumHiddenLayers, config.NumAttentionHeads,
                config.IntermediateSize, config.MaxPositionEmbeddings, config.TypeVocabSize, config.PadTokenId));
        Assert.Equal(
            (0.1, 0.1, 0.02, 1e-12, 0.1),
            (config.HiddenDropoutProb, config.AttentionProbsDropoutProb, config.InitializerRange, config.LayerNormEps,
                config.SummaryLastDropout));
        Assert.Equal(
            ("gelu", "electra", "absolute", "first", "gelu"),
            (config.HiddenAct, config.ModelType, config.PositionEmbeddingType, config.SummaryType, config.SummaryActivation));
        Assert.Equal(
            (2, null, null, null, true),
            (config.NumLabels, config.Id2Label, config.ProblemType, config.ClassifierDropout, config.SummaryUseProj));
    }

    [Theory]
    [InlineData("tiny", 4, 128, 512, 2, 128)]
    [InlineData("mini", 4, 256, 1024, 4, 128)]
    [InlineData("small", 12, 256, 1024, 4, 128)]
    [InlineData("base", 12, 768, 3072, 12, 768)]
    [InlineData("large", 24, 1024, 4096, 16, 1024)]
    public void Presets_have_the_sizes_of_the_paper(string name, int layers, int hidden, int feedForward, int heads, int embedding)
    {
        ElectraConfig config = ElectraConfig.Preset(name).Validate();
        Assert.Equal(
            (layers, hidden, feedForward, heads, embedding),
            (config.NumHiddenLayers, config.HiddenSize, config.IntermediateSize, config.NumAttentionHeads, config.EmbeddingSize));
    }

    [Fact]
    public void A_preset_is_found_by_name_and_small_models_bring_a_small_vocabulary()
    {
        Assert.Equal(
            [ElectraConfig.Tiny, ElectraConfig.Mini, ElectraConfig.Small, ElectraConfig.Base, ElectraConfig.Large],
            ElectraConfig.PresetNames.Select(ElectraConfig.Preset));
        Assert.Equal(ElectraConfig.Mini, ElectraConfig.Preset("Mini"));
        Assert.Equal(
            [(4000, 0.05), (8000, 0.05), (30522, 0.02), (30522, 0.02), (30522, 0.02)],
            ElectraConfig.PresetNames.Select(name => ElectraConfig.Preset(name)).Select(config => (config.VocabSize, config.InitializerRange)));
        string message = Assert.Throws<ArgumentException>(() => ElectraConfig.Preset("huge")).Message;
        Assert.Contains("tiny, mini, small, base, large", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_brings_its_size_and_padding_and_then_fits()
    {
        ElectraConfig config = ElectraConfig.Tiny.WithVocabulary(99, 7);
        Assert.Equal(ElectraConfig.Tiny with { VocabSize = 99, PadTokenId = 7 }, config);
        config.Validate().RequireVocabulary(99, 7);
        string message = Assert.Throws<ArgumentException>(() => config.RequireVocabulary(99, 0)).Message;
        Assert.Contains("WithVocabulary(99, 0)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(99, -1)]
    [InlineData(99, 99)]
    public void No_vocabulary_is_empty_or_pads_with_a_token_it_lacks(int size, int padId) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElectraConfig().WithVocabulary(size, padId));

    [Fact]
    public void A_tokenizer_is_a_vocabulary()
    {
        var tokenizer = new ElectraTokenizer(["the", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[PAD]"]);
        Assert.Equal(ElectraConfig.Small with { VocabSize = 6, PadTokenId = 5 }, ElectraConfig.Small.WithVocabulary(tokenizer));
    }

    [Theory]
    [InlineData("tiny", 0.25, 32, 128, 1)]
    [InlineData("small", 0.25, 64, 256, 1)]
    [InlineData("small", 1.0, 256, 1024, 4)]
    [InlineData("base", 1.0 / 3, 256, 1024, 4)]
    [InlineData("large", 0.25, 256, 1024, 4)]
    [InlineData("small", 0.78125, 200, 800, 2)] // 200 / 64 is 3 heads, which do not divide 200
    [InlineData("tiny", 0.001, 1, 4, 1)]
    public void A_generator_keeps_depth_and_embeddings_and_shrinks_the_rest(
        string name, double fraction, int hidden, int feedForward, int heads)
    {
        ElectraConfig discriminator = ElectraConfig.Preset(name), generator = discriminator.ToGenerator(fraction).Validate();
        Assert.Equal((hidden, feedForward, heads), (generator.HiddenSize, generator.IntermediateSize, generator.NumAttentionHeads));
        Assert.Equal((discriminator.NumHiddenLayers, discriminator.EmbeddingSize), (generator.NumHiddenLayers, generator.EmbeddingSize));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    public void A_generator_fraction_must_be_positive(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ElectraConfig.Small.ToGenerator(fraction));

    public static TheoryData<string> ReferenceConfigs()
    {
        string? root = Path.GetDirectoryName(ReferenceData.FindFixture("schedule.json"));
        string[] files = root is null ? [] : [.. Directory.EnumerateFiles(root, "config.json", SearchOption.AllDirectories)];
        return [.. files.Order(StringComparer.Ordinal).DefaultIfEmpty(string.Empty)];
    }

    [SkippableTheory]
    [MemberData(nameof(ReferenceConfigs))]
    public void A_hugging_face_file_comes_back_with_every_key_and_value(string path)
    {
        Skip.If(path.Length == 0, "no reference fixtures on this machine");
        JsonObject before = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        JsonObject after = JsonNode.Parse(ElectraConfig.Load(path).ToJson())!.AsObject();
        foreach ((string key, JsonNode? value) in before)
        {
            if (value is null) Assert.True(after[key] is null, key);
            else Assert.True(JsonNode.DeepEquals(value, after[key]), $"{key}: {value.ToJsonString()} became {after[key]?.ToJsonString()}");
        }

        // What versions before and after that one write, with the value that its absence stood for.
        string[] ofOtherVersions = ["add_cross_attention", "is_decoder", "position_embedding_type", "use_cache"];
        Assert.Empty(after.Select(entry => entry.Key).Except(before.Select(entry => entry.Key)).Except(ofOtherVersions));
    }

    [Theory]
    [InlineData("""{"is_decoder": true}""", "is_decoder is true")]
    [InlineData("""{"add_cross_attention": true}""", "add_cross_attention is true")]
    [InlineData("""{"is_encoder_decoder": true}""", "is_encoder_decoder is true")]
    [InlineData("""{"position_embedding_type": "relative_key"}""", "position_embedding_type is 'relative_key'")]
    [InlineData("""{"position_embedding_type": "rotary"}""", "position_embedding_type is 'rotary'")]
    [InlineData("""{"pruned_heads": {"0": [1]}}""", "pruned_heads is {\"0\": [1]}")]
    [InlineData("""{"quantization_config": {"bits": 8}}""", "quantization_config is {\"bits\": 8}")]
    [InlineData("""{"tie_word_embeddings": false}""", "tie_word_embeddings is false")]
    [InlineData("""{"hidden_act": "prelu"}""", "hidden_act is 'prelu'")] // has weights of its own
    public void What_would_change_the_result_is_refused_by_name(string json, string fault)
    {
        string message = Assert.Throws<InvalidDataException>(() => ElectraConfig.Parse(json, "test/config.json")).Message;
        Assert.Contains(fault, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"is_decoder": false, "add_cross_attention": false, "is_encoder_decoder": false, "pruned_heads": {}, "quantization_config": null}""")]
    [InlineData("""{"use_cache": false, "bos_token_id": null, "chunk_size_feed_forward": 64, "output_attentions": true, "transformers_version": "5.24.0"}""")]
    public void What_changes_nothing_is_read_and_written_back(string json)
    {
        JsonObject before = JsonNode.Parse(json)!.AsObject(), after = JsonNode.Parse(ElectraConfig.Parse(json, "test").ToJson())!.AsObject();
        Assert.All(before, entry => Assert.True(JsonNode.DeepEquals(entry.Value, after[entry.Key]), entry.Key));
    }

    [Fact]
    public void No_padding_id_is_another_thing_than_padding_id_0()
    {
        ElectraConfig none = ElectraConfig.Parse("""{"pad_token_id": null}""", "test");
        Assert.Null(none.PadTokenId);
        Assert.Null(ElectraConfig.Parse(none.ToJson(), "test").PadTokenId);
        Assert.Equal(0, ElectraConfig.Parse("{}", "test").PadTokenId);
    }

    [Theory]
    [InlineData("""{"num_labels": 5}""", 5)]
    [InlineData("""{"num_labels": 2}""", 2)]
    [InlineData("""{"num_labels": 5, "id2label": {"0": "a", "1": "b", "2": "c"}}""", 3)]
    public void A_number_of_labels_alone_is_what_older_versions_wrote(string json, int labels)
    {
        ElectraConfig config = ElectraConfig.Parse(json, "test");
        Assert.Equal((labels, labels), (config.NumLabels, ElectraConfig.Parse(config.ToJson(), "test").NumLabels));
        Assert.DoesNotContain("num_labels", config.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_are_numbers_are_taken_for_their_text()
    {
        ElectraConfig config = ElectraConfig.Parse("""{"id2label": {"0": 0, "1": true, "2": "c"}}""", "test");
        Assert.Equal(["0", "true", "c"], config.Id2Label!.Values);
        Assert.Equal(config.Id2Label.Values, ElectraConfig.Parse(config.ToJson(), "test").Id2Label!.Values);
        foreach (string wrong in new[] { "null", "{}", "[1]" })
            Assert.Throws<InvalidDataException>(() => ElectraConfig.Parse($$$"""{"id2label": {"0": {{{wrong}}}}}""", "test"));
    }

    [Fact]
    public void Unknown_keys_survive_a_change_of_known_ones()
    {
        ElectraConfig config = ElectraConfig.Parse("""{"vocab_size": 7, "my_key": {"a": [1, null]}, "use_cache": true}""", "test");
        string json = (config with { HiddenSize = 64 }).ToJson();
        JsonNode written = JsonNode.Parse(json)!;
        Assert.Equal("""{"a":[1,null]}""", written["my_key"]!.ToJsonString());
        Assert.Equal((7, 64, true), ((int)written["vocab_size"]!, (int)written["hidden_size"]!, (bool)written["use_cache"]!));
    }

    [Fact]
    public void Floating_point_fields_stay_floating_point_and_keys_are_sorted()
    {
        string json = new ElectraConfig { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 }.ToJson();
        Assert.Contains("\"hidden_dropout_prob\": 0.0", json, StringComparison.Ordinal);
        Assert.Contains("\"layer_norm_eps\": 1E-12", json, StringComparison.Ordinal);
        string[] keys = [.. JsonNode.Parse(json)!.AsObject().Select(entry => entry.Key)];
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
    }

    [Fact]
    public void Labels_are_written_both_ways()
    {
        JsonNode json = JsonNode.Parse(new ElectraConfig().WithLabels(3).ToJson())!;
        Assert.Equal("""{"0":"LABEL_0","1":"LABEL_1","2":"LABEL_2"}""", json["id2label"]!.ToJsonString());
        Assert.Equal("""{"LABEL_0":0,"LABEL_1":1,"LABEL_2":2}""", json["label2id"]!.ToJsonString());
        Assert.Equal(3, ElectraConfig.Parse(json.ToJsonString(), "test").NumLabels);
    }

    [Fact]
    public void Validation_names_every_bad_field()
    {
        ElectraConfig bad = new()
        {
            VocabSize = 0,
            EmbeddingSize = -1,
            HiddenSize = 250,
            NumHiddenLayers = -1,
            IntermediateSize = 0,
            MaxPositionEmbeddings = 0,
            TypeVocabSize = 0,
            PadTokenId = 5,
            HiddenDropoutProb = 1,
            AttentionProbsDropoutProb = double.NaN,
            ClassifierDropout = -0.1,
            SummaryLastDropout = 2,
            InitializerRange = 0,
            LayerNormEps = -1,
            HiddenAct = "gelo",
            SummaryActivation = "x",
            ProblemType = "ranking",
            PositionEmbeddingType = "relative_key",
            ModelType = "bert",
            TieWordEmbeddings = false,
            IsDecoder = true,
            AddCrossAttention = true,
            Id2Label = new Dictionary<int, string> { [1] = "one" },
        };
        string message = Assert.Throws<ArgumentException>(bad.Validate).Message;
        string[] keys =
        [
            "vocab_size", "embedding_size", "hidden_size", "num_hidden_layers", "intermediate_size", "max_position_embeddings",
            "type_vocab_size", "pad_token_id", "hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout",
            "summary_last_dropout", "initializer_range", "layer_norm_eps", "hidden_act", "summary_activation", "problem_type",
            "position_embedding_type", "model_type", "tie_word_embeddings", "is_decoder", "add_cross_attention", "id2label",
        ];
        Assert.All(keys, key => Assert.Contains($"{key} ", message, StringComparison.Ordinal));
        Assert.Contains($"{keys.Length} bad field", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "test")]
    [InlineData("null", "object")]
    [InlineData("[]", "ElectraConfig")]
    [InlineData("""{"hidden_size": "wide"}""", "hidden_size")]
    [InlineData("""{"hidden_size": 25.5}""", "hidden_size")]
    [InlineData("""{"hidden_size": 10, "hidden_size": 20}""", "hidden_size")]
    [InlineData("""{"hidden_act": null}""", "hidden")]
    [InlineData("""{"model_type": "bert"}""", "model_type is 'bert'")]
    [InlineData("""{"hidden_size": 10}""", "multiple of num_attention_heads")]
    public void A_bad_file_is_an_error_that_names_the_file_and_the_place(string json, string place)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ElectraConfig.Parse(json, "test/config.json"));
        Assert.StartsWith("test/config.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(place, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_saved_file_loads_to_the_same_config()
    {
        string path = Path.Combine(Path.GetTempPath(), $"electra-config-{Guid.NewGuid():N}.json");
        try
        {
            ElectraConfig config = ElectraConfig.Base with { HiddenAct = "relu", LayerNormEps = 1e-5, ClassifierDropout = 0.25 };
            config.Save(path);
            Assert.Equal(config.ToJson(), ElectraConfig.Load(path).ToJson());
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(File.ReadAllText(path)).RootElement.ValueKind);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Text_that_cannot_be_written_back_is_refused_when_it_is_read() =>
        Assert.Contains("x.json", Assert.Throws<InvalidDataException>(() => ElectraConfig.Parse("""{"own": "\ud800"}""", "x.json")).Message, StringComparison.Ordinal);
}
