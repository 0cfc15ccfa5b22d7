using System.Text.Json;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Modeling;
using Electra.Tests.Support;
using Electra.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Folders that other programs wrote, in every form of the last years: the same tensors bit for bit, and the same outputs.</summary>
public class ForeignFolderTests
{
    // A folder, and the safetensors file (of the fixtures) that has the same weights.
    public static TheoryData<string, string> Twins => new()
    {
        { "bin-zip/discriminator", "tiny-a/pretraining/model.safetensors" },
        { "bin-zip/generator", "tiny-a/maskedlm/model.safetensors" },
        { "bin-legacy/discriminator", "tiny-a/pretraining/model.safetensors" },
        { "bin-legacy/generator", "tiny-a/maskedlm/model.safetensors" },
        { "bin-half", "tiny-a/layout-pretraining-f16/model.safetensors" },
        { "bin-bf16", "tiny-a/layout-pretraining-bf16/model.safetensors" },
        { "bin-double", "foreign/bin-double/tensors.safetensors" },
        { "bin-shared/zip", "foreign/bin-shared/tensors.safetensors" },
        { "bin-shared/legacy", "foreign/bin-shared/tensors.safetensors" },
        { "bin-dataparallel", "tiny-a/pretraining/model.safetensors" },
        { "bin-prefixes/compiled", "tiny-a/pretraining/model.safetensors" },
        { "bin-prefixes/compiled-dataparallel", "tiny-a/pretraining/model.safetensors" },
        { "bin-prefixes/lightning", "tiny-a/pretraining/model.safetensors" },
        { "bin-wrapped/state-dict", "tiny-a/pretraining/model.safetensors" },
        { "bin-wrapped/model-state-dict", "tiny-a/pretraining/model.safetensors" },
        { "sharded/discriminator", "tiny-a/pretraining/model.safetensors" },
        { "sharded/generator", "tiny-a/maskedlm/model.safetensors" },
        { "sharded-bin/discriminator", "tiny-a/pretraining/model.safetensors" },
        { "sharded-bin/generator", "tiny-a/maskedlm/model.safetensors" },
    };

    public static TheoryData<string> Versions =>
        [.. from version in new[] { "hf-3.5", "hf-4.10", "hf-4.37", "hf-4.57", "hf-5.24" }
            from head in new[] { "pretraining", "maskedlm", "seqcls" }
            select $"{version}/{head}"];

    [SkippableTheory]
    [MemberData(nameof(Twins))]
    public void A_folder_gives_the_weights_of_its_twin_and_its_own_outputs(string name, string twin)
    {
        string folder = ReferenceData.Fixture("foreign/" + name);
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        using ReferenceModel model = ReferenceModel.Load(folder);
        using SafetensorsReader wanted = SafetensorsReader.Open(ReferenceData.Fixture(twin));
        int compared = 0;
        foreach ((string key, var parameter) in ParameterListing.Distinct((string.Empty, model.Module)))
        {
            Tensor expected = wanted.ReadTensor(key).to(ScalarType.Float32);
            Assert.True(expected.equal(parameter).all().item<bool>(), $"{name}: {key} differs");
            compared++;
        }

        Assert.True(compared > 30, $"only {compared} weights were compared");
        AssertOutputs(model, folder, "logits");
    }

    [SkippableTheory]
    [MemberData(nameof(Versions))]
    public void Folders_of_every_version_of_transformers_load_with_model_outputs_and_tokenizer(string name)
    {
        string folder = ReferenceData.Fixture("foreign/" + name);
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        using (ReferenceModel model = ReferenceModel.Load(folder))
        {
            // The head of masked words had an epsilon of its own before 4.11; today's is what a folder means today.
            AssertOutputs(model, folder, name is "hf-3.5/maskedlm" or "hf-4.10/maskedlm" ? "logits_current" : "logits");
        }

        if (name.EndsWith("seqcls", StringComparison.Ordinal))
            Assert.Equal(["contradiction", "entailment", "neutral"], ElectraConfig.Load(Path.Combine(folder, "config.json")).Id2Label!.OrderBy(label => label.Key).Select(label => label.Value));
        AssertTokenizer(folder, Path.Combine(folder, "..", "tokenizer-expected.json"));
    }

    [SkippableFact]
    public void What_older_files_carry_besides_is_reported_and_not_called_unexpected()
    {
        using var model = ElectraForMaskedLM.FromPretrained(ReferenceData.Fixture("foreign/hf-3.5/maskedlm"), out PretrainedLoadReport report);
        Assert.Equal(["electra.embeddings.position_ids", "generator_lm_head.weight"], report.RedundantKeys.Order(StringComparer.Ordinal));
        Assert.Empty(report.UnexpectedKeys);
        Assert.Empty(report.MissingKeys);
    }

    [SkippableTheory]
    [InlineData("numpy1")]
    [InlineData("numpy2")]
    public void A_checkpoint_with_other_objects_is_refused_by_the_name_of_the_first(string name)
    {
        string folder = ReferenceData.Fixture("foreign/bin-numpy-scalar/" + name);
        string message = Assert.Throws<InvalidDataException>(() => ElectraForPreTraining.FromPretrained(folder)).Message;
        Assert.Matches(@"argparse\.Namespace|numpy\._?core\.multiarray\.scalar", message);
        Assert.Contains("save the state_dict alone", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_Keras_file_is_refused_by_name()
    {
        string message = Assert.Throws<FileNotFoundException>(
            () => ElectraForPreTraining.FromPretrained(ReferenceData.Fixture("foreign/keras"))).Message;
        Assert.Contains("tf_model.h5", message, StringComparison.Ordinal);
        Assert.Contains("Keras", message, StringComparison.Ordinal);
    }

    private static void AssertOutputs(ReferenceModel model, string folder, string output)
    {
        string file = Path.Combine(folder, "expected.safetensors");
        if (!File.Exists(file)) file = Path.Combine(folder, "..", "expected.safetensors");
        using SafetensorsReader expected = SafetensorsReader.Open(file);
        Tensor reference = expected.ReadTensor($"out.pad.{output}");
        Tensor got = model.Run(argument => ReferenceFolders.Input(expected, "pad", argument))["logits"];
        double difference = (got - reference).abs().max().item<float>(), allowed = model.Module is ElectraForMaskedLM ? 1e-4 : 2e-5;
        Assert.True(difference <= allowed, $"{folder}: {difference:e2} from the reference, {allowed:e0} is allowed");
    }

    private static void AssertTokenizer(string folder, string file)
    {
        ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(folder);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(file));
        static int[] Ids(JsonElement item) => [.. item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        JsonElement[] items = [.. expected.RootElement.GetProperty("items").EnumerateArray()], pairs = [.. expected.RootElement.GetProperty("pairs").EnumerateArray()];
        Assert.True(items.Length >= 9 && pairs.Length >= 3);
        foreach (JsonElement item in items) Assert.Equal(Ids(item), tokenizer.Encode(item.GetProperty("text").GetString()!).Ids);
        foreach (JsonElement item in pairs)
        {
            string[] pair = [.. item.GetProperty("pair").EnumerateArray().Select(text => text.GetString()!)];
            Assert.Equal(Ids(item), tokenizer.Encode(pair[0], pair[1]).Ids);
        }
    }
}
