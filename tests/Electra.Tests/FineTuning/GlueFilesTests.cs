using Electra.FineTuning;
using Electra.Tests.Support;

namespace Electra.Tests.FineTuning;

/// <summary>The forms that GLUE's original files have, and those of its leaderboard.</summary>
public sealed class GlueFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("CoLA", "0\tThe cat sat.", "CoLA.tsv", "0\t1")]
    [InlineData("SST-2", "0\tThe cat sat.", "SST-2.tsv", "0\t1")]
    [InlineData("QQP", "0\tWhat?\tWhy?", "QQP.tsv", "0\t1")]
    [InlineData("QNLI", "0\tWhat?\tA cat.", "QNLI.tsv", "0\tnot_entailment")]
    [InlineData("RTE", "0\tA cat.\tA dog.", "RTE.tsv", "0\tnot_entailment")]
    [InlineData("WNLI", "0\tA cat.\tA dog.", "WNLI.tsv", "0\t1")]
    public void Test_files_are_read_and_predictions_written_as_the_leaderboard_takes_them(string task, string row, string file, string expected)
    {
        string header = task switch
        {
            "CoLA" or "SST-2" => "index\tsentence",
            "QQP" => "id\tquestion1\tquestion2",
            "QNLI" => "index\tquestion\tsentence",
            _ => "index\tsentence1\tsentence2",
        };
        folder.Write($"{task}/test.tsv", $"{header}\n{row}\n");
        GlueTask glue = GlueTask.Named(task);
        TextExample example = Assert.Single(glue.Read(folder.File("."), GlueSplit.Test).Examples);
        Assert.Equal(row.Split('\t')[1], example.Text);
        Assert.Equal(row.Split('\t').Length == 3, example.Pair is not null);
        Assert.Equal(file, glue.SubmissionFile(GlueSplit.Test));
        glue.WriteSubmission([new TaskPrediction("0", glue.Labels[1], null, 0.9)], folder.File(file));
        Assert.Equal(["index\tprediction", expected], File.ReadAllLines(folder.File(file)));
    }

    [Fact]
    public void Mnli_has_two_test_sets_and_the_diagnostic_one()
    {
        const string columns = "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2";
        foreach (string part in new[] { "matched", "mismatched" }) folder.Write($"MNLI/test_{part}.tsv", $"{columns}\n7\t1\t1n\tfiction\ta\tb\tc\td\tA {part}.\tB.\n");
        folder.Write("diagnostic/diagnostic.tsv", "index\tsentence1\tsentence2\n0\tThe cat sat.\tThe cat did not sit.\n");
        GlueTask mnli = GlueTask.Named("mnli");
        Assert.Equal("A matched.", mnli.Read(folder.File("."), GlueSplit.Test).Examples[0].Text);
        Assert.Equal("A mismatched.", mnli.Read(folder.File("MNLI"), GlueSplit.TestMismatched).Examples[0].Text);
        foreach (string place in new[] { ".", "MNLI" })
            Assert.Equal("The cat did not sit.", mnli.Read(folder.File(place), GlueSplit.Diagnostic).Examples[0].Pair);
        Assert.Equal(["MNLI-m.tsv", "MNLI-mm.tsv", "AX.tsv"], new[] { GlueSplit.Test, GlueSplit.TestMismatched, GlueSplit.Diagnostic }.Select(mnli.SubmissionFile));
        Assert.Throws<ArgumentException>(() => GlueTask.Named("rte").Read(folder.File("."), GlueSplit.Diagnostic));
    }

    [Fact]
    public void Numbers_are_kept_within_the_scale()
    {
        GlueTask.Named("stsb").WriteSubmission([new TaskPrediction("0", "5.2", null, 5.2), new TaskPrediction("1", "2.5", null, 2.5)], folder.File("s.tsv"));
        Assert.Equal(["index\tprediction", "0\t5", "1\t2.5"], File.ReadAllLines(folder.File("s.tsv")));
    }
}
