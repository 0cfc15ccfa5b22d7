using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Architecture;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;

namespace Electra.Tests.Documents;

/// <summary>The examples of the page about ONNX, run as they stand there, in a folder that has what they name.</summary>
public class OnnxPageTests
{
    private const string Page = "docs/onnx.md";

    [SkippableFact]
    public void Every_example_runs()
    {
        Skip.If(SourceTree.Root is null, "the sources are not on this machine");
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        ElectraConfig config = ElectraConfig.Load(Path.Combine(encoder, "config.json")).WithLabels(2);
        using (var classifier = new ElectraForSequenceClassification(config)) classifier.SavePretrained(folder.File("runs/mood/model"), TinyEncoder.Tokenizer);
        Directory.CreateDirectory(folder.File("runs/pretrain"));
        Directory.Move(encoder, folder.File("runs/pretrain/discriminator"));
        string[] lines = ChildProgram.Run(RunPage, folder.FullPath);
        Assert.Equal(4, lines.Count(line => line.StartsWith("LABEL_", StringComparison.Ordinal))); // of the first example, which the others go on from
        Assert.Contains("[32]", lines);
        Assert.True(File.Exists(folder.File("vectors-onnx/model.onnx")));
    }

    private static void RunPage(string folder)
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Root!, Page));
        Directory.SetCurrentDirectory(folder);
        DocumentedPrograms.Run(Page, text);
    }
}
