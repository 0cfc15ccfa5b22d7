using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Samples.Convert;
using Electra.Samples.Convert.Options;
using Electra.Samples.Pretrain.Options;
using Electra.Tests.Checkpoints;
using Electra.Tests.FineTuning;
using Electra.Tests.Modeling;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Samples;

/// <summary>Weights in, weights out, on the command line.</summary>
public sealed class ConvertTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--format onnx --dtype bfloat16", "float32, float16 or int8")]
    [InlineData("--dtype int8", "--format onnx")]
    [InlineData("--format onnx --max-shard-size 1MB", "one file")]
    [InlineData("--max-shard-size 12parsecs", "a size such as 500MB")]
    [InlineData("--cased", "Google's checkpoints")]
    public void What_cannot_be_is_one_clear_line(string options, string expected)
    {
        string input = Write();
        Assert.Contains(expected, Assert.Throws<UsageException>(() => Run($"{input} {_folder.File("out")} {options}")).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
        Assert.Contains("There is no", Assert.Throws<UsageException>(() => Run($"{_folder.File("nowhere")} {_folder.File("out")}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_needs_no_arguments() => Assert.Null(OptionKinds.FirstError(ConvertCommand.Create(_ => 0).Parse("--help")));

    [Theory]
    [InlineData("500MB", 500_000_000)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("0.5k", 500)]
    [InlineData("123", 123)]
    public void Sizes_are_read_as_people_write_them(string typed, long bytes) => Assert.Equal(bytes, PlanBuilder.Bytes(typed));

    [Theory]
    [InlineData("", "model.safetensors", "bit for bit")]
    [InlineData("--format pytorch --max-shard-size 20KB", "pytorch_model.bin.index.json", "bit for bit")]
    [InlineData("--dtype float16", "model.safetensors", "by rounding off by")]
    [InlineData("--dtype bfloat16 --format pytorch", "pytorch_model.bin", "by rounding off by")]
    [InlineData("--format onnx --dtype int8", "model.onnx", "ONNX Runtime loads it")]
    public void A_folder_becomes_one_of_another_form(string options, string file, string check)
    {
        string told = Run($"{Write()} {_folder.File("out")} {options}");
        Assert.Contains(check, told, StringComparison.Ordinal);
        Assert.Contains("model.safetensors, 4", told, StringComparison.Ordinal); // what was read, and 4x tensors
        Assert.True(File.Exists(_folder.File("out", file)));
        Assert.Equal(file != "model.onnx", File.Exists(_folder.File("out", "README.md")));
        Assert.Equal(["input", "out"], Directory.GetDirectories(_folder.FullPath).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public void A_file_of_weights_is_read_with_the_config_beside_it_and_half_numbers_stay_half()
    {
        string input = Write(new PretrainedSaveOptions { Format = PretrainedFormat.PyTorch, DType = ScalarType.Float16 });
        File.Move(Path.Combine(input, "pytorch_model.bin"), Path.Combine(input, "epoch-3.pt"));
        string told = Run($"{Path.Combine(input, "epoch-3.pt")} {_folder.File("out")} --head encoder");
        Assert.Contains("epoch-3.pt, ", told, StringComparison.Ordinal);
        Assert.Contains("unused", told, StringComparison.Ordinal); // the head
        Assert.Equal("float16", ElectraConfig.Load(_folder.File("out", "config.json")).Dtype);
        using ElectraModel encoder = ElectraModel.FromPretrained(_folder.File("out"));
    }

    [Fact]
    public void Another_model_is_replaced_only_by_force_and_other_files_stay()
    {
        string input = Write(), output = _folder.File("out");
        Run($"{input} {output} --format pytorch");
        _folder.Write("out/notes.txt", "mine");
        string[] anothers = ["modules.json", "1_Pooling/config.json", "sentence_bert_config.json"]; // which would be taken for a word on this one
        foreach (string name in anothers) _folder.Write($"out/{name}", "[]");
        Assert.Contains("--force", Assert.Throws<UsageException>(() => Run($"{input} {output}")).Message, StringComparison.Ordinal);
        Run($"{input} {output} --force");
        Assert.True(File.Exists(Path.Combine(output, "model.safetensors")));
        Assert.False(File.Exists(Path.Combine(output, "pytorch_model.bin")));
        Assert.All(anothers, name => Assert.False(File.Exists(Path.Combine(output, name))));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(output, "notes.txt")));
    }

    [Fact]
    public void What_makes_vectors_becomes_a_graph_that_makes_them()
    {
        using (TextEmbedder embedder = TextEmbedder.FromPretrained(TinyEncoder.Write(_folder), new EmbeddingOptions { Normalize = true })) embedder.Save(_folder.File("vectors"));
        Assert.Contains("those of two texts are off by", Run($"{_folder.File("vectors")} {_folder.File("out")} --format onnx"), StringComparison.Ordinal);
        using TextEmbedder one = TextEmbedder.FromPretrained(_folder.File("vectors")), other = TextEmbedder.FromOnnx(_folder.File("out"));
        Assert.All(one.Embed("the film").Zip(other.Embed("the film")), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void A_head_without_a_form_in_ONNX_is_told_and_leaves_nothing()
    {
        using (var answers = new ElectraForQuestionAnswering(TinyConfig.Value with { HeadStyle = HeadStyle.Google })) answers.SavePretrained(_folder.File("answers"));
        Assert.Throws<InvalidDataException>(() => Run($"{_folder.File("answers")} {_folder.File("out")} --format onnx"));
        Assert.Equal(["answers"], Directory.GetFileSystemEntries(_folder.FullPath).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void Nothing_is_left_of_a_conversion_that_fails()
    {
        string input = Write();
        var error = Assert.Throws<InvalidDataException>(() => Run($"{input} {_folder.File("out")} --head sequence-classification"));
        Assert.Contains("classifier.", error.Message, StringComparison.Ordinal);
        Assert.Equal(["input"], Directory.GetFileSystemEntries(_folder.FullPath).Select(path => Path.GetFileName(path)));
        Assert.Contains("random numbers", Run($"{input} {_folder.File("out")} --head sequence-classification --ignore-mismatches"), StringComparison.Ordinal);

        using (var large = new ElectraForPreTraining(TinyConfig.Value))
        {
            using (no_grad()) large.named_parameters().First().parameter.fill_(Electra.Native.Scalars.Of(1e6));
            large.SavePretrained(_folder.File("large"));
        }

        error = Assert.Throws<InvalidDataException>(() => Run($"{_folder.File("large")} {_folder.File("half")} --dtype float16"));
        Assert.Contains("too large for float16", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("half")));
    }

    [SkippableFact]
    public void A_checkpoint_of_google_becomes_two_folders()
    {
        string input = ReferenceData.Fixture("foreign/google-tiny");
        string told = Run($"{input} {_folder.File("out")} --attention-heads 2");
        Assert.Contains("2 heads of attention, as given", told, StringComparison.Ordinal);
        Assert.Contains("step 40", told, StringComparison.Ordinal);
        using ElectraForPreTraining discriminator = ElectraForPreTraining.FromPretrained(_folder.File("out", "discriminator"));
        using ElectraForMaskedLM generator = ElectraForMaskedLM.FromPretrained(_folder.File("out", "generator"));
        Assert.Equal(2, discriminator.Config.NumAttentionHeads);
        Assert.True(File.Exists(_folder.File("out", "generator", "vocab.txt")));
        Run($"{Path.Combine(input, "model.ckpt-40")} {_folder.File("encoder")} --head encoder");
        Assert.Equal(nameof(ElectraModel), ElectraConfig.Load(_folder.File("encoder", "config.json")).Architectures![0]);
    }

    [SkippableFact]
    public void A_fine_tuned_checkpoint_of_google_becomes_the_model_of_a_task()
    {
        TensorBundleFile file = GoogleTiny.Copy(name => name.StartsWith("electra/", StringComparison.Ordinal) && !GoogleTiny.IsSlot(name));
        void Add(string task, int labels)
        {
            file.Add($"task_specific/{task}/dense/kernel", 32, labels);
            file.Add($"task_specific/{task}/dense/bias", labels);
        }

        Add("mnli", 3);
        string input = file.Write(_folder.File("model.ckpt-9"));
        string told = Run($"{input} {_folder.File("out")} --attention-heads 2");
        Assert.Contains("fine-tuned for mnli", told, StringComparison.Ordinal);
        Assert.DoesNotContain("unused", told, StringComparison.Ordinal);
        ElectraConfig config = ElectraConfig.Load(_folder.File("out", "config.json"));
        Assert.Equal((nameof(ElectraForSequenceClassification), HeadStyle.Google, "neutral"), (config.Architectures![0], config.HeadStyle, config.Id2Label![2]));
        Run($"{input} {_folder.File("encoder")} --head encoder");
        Assert.Contains("has none", Assert.Throws<UsageException>(() => Run($"{input} {_folder.File("none")} --head encoder --task mnli")).Message, StringComparison.Ordinal);

        Add("chunk", 2);
        file.Write(input);
        Assert.Contains("chunk, mnli: choose with --task", Assert.Throws<UsageException>(() => Run($"{input} {_folder.File("none")}")).Message, StringComparison.Ordinal);
        Run($"{input} {_folder.File("tags")} --attention-heads 2 --task chunk --labels O,S-NP");
        using ElectraForTokenClassification tagger = ElectraForTokenClassification.FromPretrained(_folder.File("tags"));
        Assert.Equal("S-NP", tagger.Config.Id2Label![1]);
    }

    private string Write(PretrainedSaveOptions? options = null)
    {
        using var model = new ElectraForPreTraining(TinyConfig.Value, seed: 3);
        model.SavePretrained(_folder.File("input"), null, options ?? new PretrainedSaveOptions());
        return _folder.File("input");
    }

    private static string Run(string line)
    {
        ConvertArguments? typed = null;
        var command = ConvertCommand.Create(arguments => { typed = arguments; return 0; }).Parse(line);
        Assert.Null(OptionKinds.FirstError(command));
        command.Invoke();
        using var told = new StringWriter();
        new ConvertJob(PlanBuilder.Build(typed!), told).Run(CancellationToken.None);
        return told.ToString();
    }
}
