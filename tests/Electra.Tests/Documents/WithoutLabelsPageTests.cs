using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Architecture;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;

namespace Electra.Tests.Documents;

/// <summary>The examples of the page about encoders without labels, run as they stand there, in a folder that has what they name.</summary>
public class WithoutLabelsPageTests
{
    private const string Page = "docs/without-labels.md";

    [SkippableFact]
    public void Every_example_runs()
    {
        Skip.If(SourceTree.Root is null, "the sources are not on this machine");
        using var folder = new TemporaryFolder();
        string encoder = folder.File("runs/pretrain/discriminator");
        Directory.CreateDirectory(Path.GetDirectoryName(encoder)!);
        Directory.Move(TinyEncoder.Write(folder), encoder);
        ElectraConfig ranking = ElectraConfig.Load(Path.Combine(encoder, "config.json")).WithLabels(1);
        using (var ranker = new ElectraForSequenceClassification(ranking)) ranker.SavePretrained(folder.File("runs/wikiqa/seed-0/model"), TinyEncoder.Tokenizer);
        File.WriteAllLines(folder.File("few.tsv"), ["sentence\tlabel", "the film\t1", "the book\t0"]);
        File.WriteAllLines(folder.File("passages.txt"), ["ada lives in paris", "the song was fine", "ada was in the film"]);
        File.WriteAllText(folder.File("pairs.jsonl"), """{"sentence_good": "ada lives in paris", "sentence_bad": "ada in lives paris"}""");
        string[] lines = ChildProgram.Run(RunPage, folder.FullPath);
        Assert.Contains(lines, line => line.StartsWith("good (", StringComparison.Ordinal) || line.StartsWith("bad (", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(line => line.EndsWith("ada lives in paris", StringComparison.Ordinal) || line.EndsWith("ada was in the film", StringComparison.Ordinal)));
        Assert.True(Directory.Exists(folder.File("runs/few/model")));
    }

    private static void RunPage(string folder)
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Root!, Page));
        Directory.SetCurrentDirectory(folder);
        DocumentedPrograms.Run(Page, text);
    }
}
