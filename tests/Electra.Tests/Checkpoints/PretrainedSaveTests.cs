using System.IO.Compression;
using System.Text.Json.Nodes;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Modeling;
using Electra.Tests.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Folders in every form that can be written come back as they were.</summary>
public class PretrainedSaveTests
{
    private static readonly ElectraConfig Config = TinyConfig.Value;

    public static TheoryData<PretrainedFormat, ScalarType, long> Forms =>
        new MatrixTheoryData(
            [PretrainedFormat.Safetensors, PretrainedFormat.PyTorch], [ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16], [PretrainedSaveOptions.DefaultMaxShardBytes, 20_000]);

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_head_comes_back_from_every_form(PretrainedFormat format, ScalarType dtype, long maxShardBytes)
    {
        PretrainedSaveOptions options = new() { Format = format, DType = dtype, MaxShardBytes = maxShardBytes };
        RoundTrip<ElectraModel>(Config, options);
        RoundTrip<ElectraForPreTraining>(Config, options);
        RoundTrip<ElectraForMaskedLM>(Config, options);
        RoundTrip<ElectraForSequenceClassification>(Config.WithLabels(3), options);
        RoundTrip<ElectraForTokenClassification>(Config.WithLabels(5), options);
        RoundTrip<ElectraForQuestionAnswering>(Config, options);
        RoundTrip<ElectraForMultipleChoice>(Config, options);
    }

    [Fact]
    public void Parts_are_named_and_indexed_as_Hugging_Face_does()
    {
        using TemporaryFolder folder = new();
        using var model = new ElectraForPreTraining(Config, seed: 3);
        model.SavePretrained(folder.FullPath, null, new() { MaxShardBytes = 20_000 });
        string[] files = Names(folder);
        int count = files.Count(name => name.EndsWith(".safetensors", StringComparison.Ordinal));
        Assert.True(count > 2);
        Assert.Equal(
            [.. Enumerable.Range(1, count).Select(i => $"model-{i:D5}-of-{count:D5}.safetensors"), "model.safetensors.index.json"],
            files.Where(name => name != "config.json"));
        JsonNode index = JsonNode.Parse(File.ReadAllText(folder.File("model.safetensors.index.json")))!;
        var parameters = ParameterListing.Distinct((string.Empty, model));
        Assert.Equal(parameters.Sum(item => item.Parameter.numel() * 4), (long)index["metadata"]!["total_size"]!);
        Assert.Equal(parameters.Select(item => item.Name).Order(StringComparer.Ordinal), index["weight_map"]!.AsObject().Select(entry => entry.Key));
        Assert.All(files.Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal)), name =>
        {
            using SafetensorsReader part = SafetensorsReader.Open(folder.File(name));
            Assert.True(part.Entries.Count == 1 || part.Entries.Values.Sum(entry => entry.ByteCount) <= 20_000);
        });
    }

    [Fact]
    public void A_config_of_more_layers_than_there_are_tensors_is_refused_before_they_are_made()
    {
        using TemporaryFolder folder = new();
        using (var model = new ElectraModel(Config)) model.SavePretrained(folder.FullPath);
        (Config with { NumHiddenLayers = 2_000_000_000, Architectures = ["ElectraModel"] }).Save(folder.File("config.json"));
        Assert.Contains("2,000,000,000 layers", Assert.Throws<InvalidDataException>(() => ElectraModel.FromPretrained(folder.FullPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_save_that_ends_between_weights_and_config_leaves_no_folder_that_loads()
    {
        using TemporaryFolder folder = new();
        using (var model = new ElectraForSequenceClassification(Config.WithLabels(2))) model.SavePretrained(folder.FullPath);
        using var other = new ElectraForSequenceClassification(Config.WithLabels(3));
        File.Delete(folder.File("model.safetensors"));
        Directory.CreateDirectory(folder.File("model.safetensors")); // what is in the way makes the save fail
        Assert.ThrowsAny<Exception>(() => other.SavePretrained(folder.FullPath));
        Assert.False(File.Exists(folder.File("config.json")));
    }

    [Fact]
    public void Weights_of_an_earlier_form_do_not_stay()
    {
        using TemporaryFolder folder = new();
        using var old = new ElectraModel(Config, seed: 1);
        using var model = new ElectraModel(Config, seed: 2);
        PretrainedSaveOptions[] forms =
            [new(), new() { MaxShardBytes = 20_000 }, new() { Format = PretrainedFormat.PyTorch }, new() { Format = PretrainedFormat.PyTorch, MaxShardBytes = 50_000 }, new()];
        foreach ((PretrainedSaveOptions before, PretrainedSaveOptions after) in forms.Zip(forms.Skip(1)))
        {
            old.SavePretrained(folder.FullPath, null, before);
            model.SavePretrained(folder.FullPath, null, after);
            using ElectraModel back = ElectraModel.FromPretrained(folder.FullPath);
            AssertSame(model, back, ScalarType.Float32);
        }

        Assert.Equal(["config.json", "model.safetensors"], Names(folder));
    }

    [Fact]
    public void A_PyTorch_file_is_a_sound_archive_with_stored_entries()
    {
        using TemporaryFolder folder = new();
        using var model = new ElectraModel(Config, seed: 1);
        model.SavePretrained(folder.FullPath, null, new() { Format = PretrainedFormat.PyTorch });
        using ZipArchive archive = ZipFile.OpenRead(folder.File("pytorch_model.bin"));
        Assert.Equal("pytorch_model/data.pkl", archive.Entries[0].FullName);
        Assert.All(archive.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream content = entry.Open();
            content.CopyTo(Stream.Null); // compares the checksum
        }
    }

    [Fact]
    public void A_card_says_what_was_given_and_how_to_load()
    {
        using TemporaryFolder folder = new();
        using var model = new ElectraForMaskedLM(Config);
        ModelCard card = new()
        {
            Title = "Tiny",
            Description = "For a test.",
            License = "cc-by-4.0",
            Languages = ["en", "no"],
            Data = "Ten words.",
            Training = [new("updates", "8000"), new("batch | rows", "64")],
            Metrics = [new("loss at [MASK]", 4.35218), new("accuracy", 0.5)],
        };
        model.SavePretrained(folder.FullPath, null, new() { Card = card });
        string[] lines = File.ReadAllLines(folder.File("README.md"));
        Assert.Equal(["---", "library_name: transformers", "tags:", "- electra", "pipeline_tag: fill-mask", "license: cc-by-4.0", "language:", "- en", "- \"no\"", "---"], lines[..10]);
        string text = string.Join('\n', lines);
        foreach (string part in new[] { "# Tiny", "For a test.", "Ten words.", "| updates | 8000 |", "| batch \\| rows | 64 |", "| loss at [MASK] | 4.3522 |", "ElectraForMaskedLM.FromPretrained(folder)", "from_pretrained" })
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.DoesNotContain("AutoTokenizer", text, StringComparison.Ordinal); // it has none

        File.Delete(folder.File("README.md"));
        card.Save(folder.FullPath);
        Assert.Equal(lines, File.ReadAllLines(folder.File("README.md")));
    }

    [Theory]
    [InlineData(HeadStyle.HuggingFace, "model = ElectraForSequenceClassification.from_pretrained", "encoder alone")]
    [InlineData(HeadStyle.Google, "model = ElectraModel.from_pretrained", "ElectraForSequenceClassification.from_pretrained")]
    public void A_card_loads_in_Python_what_there_is_a_class_for(HeadStyle style, string wanted, string unwanted)
    {
        using TemporaryFolder folder = new();
        using var model = new ElectraForSequenceClassification(Config.WithLabels(3) with { HeadStyle = style });
        model.SavePretrained(folder.FullPath, null, new() { Card = new() { Title = "Tiny" } });
        string text = File.ReadAllText(folder.File("README.md"));
        Assert.Contains(wanted, text, StringComparison.Ordinal);
        Assert.Contains("ElectraForSequenceClassification.FromPretrained", text, StringComparison.Ordinal);
        Assert.DoesNotContain(unwanted, text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_saved_is_said_before_anything_is_written()
    {
        using TemporaryFolder folder = new();
        using var model = new ElectraModel(Config);
        Assert.Throws<ArgumentException>(() => model.SavePretrained(folder.File("a"), null, new() { DType = ScalarType.Int8 }));
        Assert.Throws<ArgumentException>(() => model.SavePretrained(folder.File("a"), null, new() { MaxShardBytes = 0 }));
        Assert.False(Directory.Exists(folder.File("a")));
    }

    [Fact]
    public void Mismatches_are_one_table_and_pass_when_asked_to()
    {
        using TemporaryFolder folder = new();
        using (var model = new ElectraModel(Config, seed: 1)) model.SavePretrained(folder.FullPath);
        ElectraConfig longer = Config with { MaxPositionEmbeddings = Config.MaxPositionEmbeddings * 2, NumHiddenLayers = Config.NumHiddenLayers + 1 };
        string message = Assert.Throws<InvalidDataException>(() => ElectraModel.FromPretrained(folder.FullPath, config: longer)).Message;
        Assert.Contains($"config.json asks for [{longer.MaxPositionEmbeddings}, {Config.EmbeddingSize}]", message, StringComparison.Ordinal);
        Assert.Contains($"the folder has F32 [{Config.MaxPositionEmbeddings}, {Config.EmbeddingSize}]", message, StringComparison.Ordinal);
        Assert.Contains("16 encoder weight(s) are missing, 1 have another shape", message, StringComparison.Ordinal);

        using ElectraModel loaded = ElectraModel.FromPretrained(folder.FullPath, out PretrainedLoadReport report, config: longer, seed: 7, ignoreMismatches: true);
        using var fresh = new ElectraModel(longer, seed: 7);
        Assert.Equal(["embeddings.position_embeddings.weight"], report.MismatchedKeys);
        Assert.Equal(16, report.MissingKeys.Count);
        foreach (string key in report.MismatchedKeys.Concat(report.MissingKeys)) Assert.True(Weight(fresh, key).equal(Weight(loaded, key)).all().item<bool>(), key);
    }

    private static void RoundTrip<TModel>(ElectraConfig config, PretrainedSaveOptions options)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        using TemporaryFolder folder = new();
        using TModel model = TModel.Create(config, null, seed: 5);
        model.SavePretrained(folder.FullPath, null, options);
        string dtype = options.DType switch { ScalarType.Float16 => "float16", ScalarType.BFloat16 => "bfloat16", _ => "float32" };
        Assert.Equal(dtype, ElectraConfig.Load(folder.File("config.json")).Dtype);
        using TModel back = PretrainedExtensions.FromPretrained<TModel>(folder.FullPath, out PretrainedLoadReport report);
        Assert.Empty(report.MissingKeys.Concat(report.UnexpectedKeys));
        AssertSame(model, back, options.DType);
    }

    private static void AssertSame(nn.Module model, nn.Module back, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var wanted = ParameterListing.Distinct((string.Empty, model));
        Assert.Equal(wanted.Count, ParameterListing.Distinct((string.Empty, back)).Count);
        foreach ((string name, var parameter) in wanted)
            Assert.True(parameter.to(dtype).to(ScalarType.Float32).equal(Weight(back, name)).all().item<bool>(), name);
    }

    private static Parameter Weight(nn.Module model, string name) => ParameterListing.Distinct((string.Empty, model)).Single(item => item.Name == name).Parameter;

    private static string[] Names(TemporaryFolder folder) => [.. Directory.EnumerateFiles(folder.FullPath).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private sealed class MatrixTheoryData : TheoryData<PretrainedFormat, ScalarType, long>
    {
        public MatrixTheoryData(PretrainedFormat[] formats, ScalarType[] types, long[] sizes)
        {
            foreach (PretrainedFormat format in formats)
                foreach (ScalarType type in types)
                    foreach (long size in sizes) Add(format, type, size);
        }
    }
}
