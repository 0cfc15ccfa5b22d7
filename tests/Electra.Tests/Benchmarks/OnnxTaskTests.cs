using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Onnx;
using Electra.Modeling;
using Electra.Tests.Onnx;
using Electra.Tests.Support;

namespace Electra.Tests.Benchmarks;

/// <summary>What <c>onnx --classifier</c> says of a model on a task.</summary>
public sealed class OnnxTaskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OnnxTaskTests() => File.WriteAllText(
        _folder.File("dev.tsv"), "sentence\tlabel\nthe film was good .\t1\nthe book is very poor .\t0\na play was very fine .\t1\nso\t1\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_counts_right_answers_of_all_forms_and_those_that_change()
    {
        string[] lines = OnnxTask.Run(Classifier("negative", "positive"), "sst2", _folder.File("."), passes: 1, threads: 1).Split('\n');
        Assert.StartsWith("SST-2: 4 development examples of ", lines[0], StringComparison.Ordinal);
        Assert.Contains("right about 75.00 %", lines[0], StringComparison.Ordinal);
        string[][] rows = [.. lines[4..].Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])];
        Assert.Equal(["libtorch, float32", "ONNX Runtime, float32", "ONNX Runtime, int8"], rows.Select(row => row[0]));
        Assert.Equal(rows[0][1..3], rows[1][1..3]);
        Assert.Equal("0", rows[0][2]);
        Assert.All(rows, row => Assert.Contains(row[1], new[] { "0.00 %", "25.00 %", "50.00 %", "75.00 %", "100.00 %" }));
        Assert.Equal(("x 1.00", "x 1.00"), (rows[0][4], rows[0][6]));
    }

    [Fact]
    public void Numbers_and_other_classes_are_refused()
    {
        Assert.Contains("numbers", Assert.Throws<UsageException>(() => Run("STS-B", "negative", "positive")).Message, StringComparison.Ordinal);
        Assert.Contains("'bad'", Assert.Throws<UsageException>(() => Run("SST-2", "bad", "positive")).Message, StringComparison.Ordinal);
    }

    private string Run(string task, params string[] labels) => OnnxTask.Run(Classifier(labels), task, _folder.File("."), 1, 1);

    private string Classifier(params string[] labels) => TinyHead.Write<ElectraForSequenceClassification>(
        _folder, config => config with { Id2Label = labels.Index().ToDictionary(label => label.Index, label => label.Item) });
}
