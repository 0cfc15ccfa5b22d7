using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

public class KernelGateTests
{
    private const string RotaryKey = "rotary_value";
    private static readonly ElectraConfig Config = ElectraConfig.Tiny with { VocabSize = 99, NumHiddenLayers = 1 };

    [Fact]
    public void Presets_run_on_kernels_all_of_them()
    {
        foreach (ElectraConfig config in new[] { ElectraConfig.Tiny, ElectraConfig.Mini, ElectraConfig.Small, ElectraConfig.Base, ElectraConfig.Large })
            Assert.Equal("encoder, embeddings, detection, loss", Open(new KernelGate(config, CPU)));
        Assert.Equal("encoder, embeddings, detection, loss", Open(new KernelGate(ElectraConfig.Small.ToGenerator(0.25), CPU)));
    }

    [Theory]
    [InlineData("hidden_act", "\"relu\"", "embeddings, loss")]
    [InlineData("hidden_act", "\"gelu_new\"", "embeddings, loss")]
    [InlineData("hidden_act", "\"gelu_python\"", "encoder, embeddings, detection, loss")]
    [InlineData("embedding_size", "24", "encoder, detection, loss")]
    [InlineData("intermediate_size", "500", "embeddings, detection, loss")]
    [InlineData("num_attention_heads", "16", "embeddings, detection, loss")]
    [InlineData("layer_norm_eps", "0.001", "encoder, embeddings, detection, loss")]
    [InlineData("initializer_range", "0.1", "encoder, embeddings, detection, loss")]
    [InlineData("tie_word_embeddings", "true", "encoder, embeddings, detection, loss")]
    [InlineData("transformers_version", "\"4.57.6\"", "encoder, embeddings, detection, loss")]
    [InlineData("bos_token_id", "null", "encoder, embeddings, detection, loss")]
    [InlineData(RotaryKey, "true", "")]
    public void A_key_of_the_configuration_decides_what_runs_on_kernels(string key, string value, string expected)
    {
        JsonNode json = JsonNode.Parse(Config.ToJson())!;
        json[key] = JsonNode.Parse(value);
        Assert.Equal(expected, Open(new KernelGate(ElectraConfig.Parse(json.ToJsonString(), "test"), CPU)));
    }

    [Fact]
    public void What_is_asked_for_and_the_switch_decide_pass_by_pass()
    {
        KernelGate gate = new(Config, CPU);
        Assert.False(gate.RunsEncoder(ScalarType.Float32, keepsStates: true, isPacked: false));
        Assert.False(gate.RunsEncoder(ScalarType.Float32, keepsStates: false, isPacked: true));
        Assert.False(gate.RunsEmbeddings(ScalarType.Float32, looksUpWords: false));
        Assert.Equal("encoder, embeddings, detection, loss", Open(gate, ScalarType.BFloat16));
        Assert.Empty(Open(gate, ScalarType.Float16));
        gate.IsAllowed = false;
        Assert.Empty(Open(gate));
        Assert.Empty(Open(new KernelGate(Config, new Device(TorchSharp.DeviceType.META))));
    }

    /// <summary>Who adds a property to the configuration decides here what it is to the kernels; until then they leave it to the modules.</summary>
    [Fact]
    public void Every_property_is_in_one_list_or_must_have_its_default()
    {
        string[] properties = [.. typeof(ElectraConfig).GetProperties(BindingFlags.Instance | BindingFlags.Public).Select(property => property.Name)];
        Assert.Empty(KernelConfiguration.Honoured.Intersect(KernelConfiguration.Unconcerned));
        Assert.Empty(KernelConfiguration.Honoured.Union(KernelConfiguration.Unconcerned).Except(properties));
        Assert.Equal(
            [
                nameof(ElectraConfig.AddCrossAttention), nameof(ElectraConfig.IsDecoder), nameof(ElectraConfig.ModelType),
                nameof(ElectraConfig.PositionEmbeddingType), nameof(ElectraConfig.UnknownKeys),
            ],
            properties.Except(KernelConfiguration.Honoured).Except(KernelConfiguration.Unconcerned).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_property_that_kernels_do_not_know_runs_composed_unless_it_has_its_default()
    {
        (PropertyInfo Property, object? Default)[] unlisted = [.. KernelConfiguration.UnlistedOf(new FutureConfig(), name => !KernelConfiguration.Honoured.Contains(name))];
        Assert.Contains(nameof(FutureConfig.RotaryBase), unlisted.Select(item => item.Property.Name));
        foreach ((FutureConfig future, bool isKnown) in new[]
        {
            (new FutureConfig(), true), (new FutureConfig { HiddenSize = 512 }, true), (new FutureConfig { RotaryBase = 1e4 }, false),
            (new FutureConfig { SharedLayers = [0, 1] }, false),
        })
        {
            bool knows = KernelConfiguration.HasDefaults(future, unlisted);
            Assert.Equal(isKnown, knows);
            Assert.Equal(isKnown ? "encoder, embeddings, detection, loss" : string.Empty, Open(new KernelGate(Config, CPU, knows)));
        }
    }

    [SkippableFact]
    public void A_model_with_a_key_that_kernels_do_not_know_is_composed_and_computes_the_same()
    {
        using var scope = NewDisposeScope();
        using JsonDocument value = JsonDocument.Parse("true");
        using var known = new ElectraForPreTraining(Config, seed: 5);
        using var unknown = new ElectraForPreTraining(
            Config with { UnknownKeys = new Dictionary<string, JsonElement> { [RotaryKey] = value.RootElement } }, seed: 5);
        known.eval();
        unknown.eval();
        Tensor ids = TinyConfig.Ids(2, 12);

        bool Composes(ElectraForPreTraining model) =>
            OperatorTrace.Of(() => model.forward(ids).Dispose()).Intersect(["aten::layer_norm", "aten::gelu"]).Count() == 2;
        Assert.False(Composes(known));
        Assert.True(Composes(unknown));
        Near.Assert(known.forward(ids), unknown.forward(ids), 1e-5, "logits");

        unknown.Electra.UseFusedKernels = true; // it allows them, it does not force them
        Assert.True(Composes(unknown));
    }

    private static string Open(KernelGate gate, ScalarType dtype = ScalarType.Float32)
    {
        (bool IsOpen, string Part)[] parts =
        [
            (gate.RunsEncoder(dtype, keepsStates: false, isPacked: false), "encoder"), (gate.RunsEmbeddings(dtype, looksUpWords: true), "embeddings"),
            (gate.RunsDetectionHead(dtype), "detection"), (gate.RunsMaskedLMLoss(dtype), "loss"),
        ];
        return string.Join(", ", parts.Where(part => part.IsOpen).Select(part => part.Part));
    }

    private sealed record FutureConfig
    {
        public int HiddenSize { get; init; } = 256;

        public double? RotaryBase { get; init; }

        public IReadOnlyList<int>? SharedLayers { get; init; }
    }
}
