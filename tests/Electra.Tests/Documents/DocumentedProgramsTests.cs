using Electra.Tests.Architecture;

namespace Electra.Tests.Documents;

public class DocumentedProgramsTests
{
    private const string Program = "# Page\n\n```csharp\nusing Electra.Configuration;\n\nElectraConfig config = ElectraConfig.Tiny;\n```\n";

    [SkippableTheory]
    [InlineData("README.md", 1)]
    [InlineData("docs/training.md", 6)]
    [InlineData("docs/finetuning.md", 3)]
    [InlineData("docs/without-labels.md", 6)]
    [InlineData("docs/onnx.md", 4)]
    [InlineData("docs/checkpoints.md", 5)]
    [InlineData("docs/serving.md", 1)]
    public void Pages_have_programs(string page, int blocks) => Assert.Equal(blocks, CodeBlock.In(page, Pages().Single(other => other.Path == page).Text).Count);

    [SkippableFact]
    public void Every_program_and_fragment_of_the_readme_and_the_documents_compiles()
    {
        string faults = string.Join('\n', Pages().SelectMany(page => DocumentedPrograms.Faults(page.Path, page.Text)));
        Assert.True(faults.Length == 0, faults);
    }

    [Theory]
    [InlineData("```csharp continued\nConsole.WriteLine(config.VocabSize);\n```\n")]
    [InlineData("```csharp continued\nusing Electra.Data;\n\nvar options = new DataOptions();\nconfig = config with { VocabSize = options.BatchSize };\n```\n")]
    [InlineData("```text\nno C#\n```\n")]
    public void What_goes_on_from_a_program_has_its_usings_and_variables(string more) => Assert.Empty(DocumentedPrograms.Faults("page.md", Program + more));

    [Theory]
    [InlineData("```csharp\nElectraConfig config = ElectraConfig.Tiny;\n```\n", "page.md, line 9: CS0246")] // alone, without the usings
    [InlineData("```csharp continued\n\nConsole.WriteLine(config.NoSuchThing);\n```\n", "page.md, line 10: CS1061")]
    [InlineData("```csharp continued\nusing Electra.Tokenization;\n\nConsole.WriteLine(config);\n```\n", "page.md, line 9: CS8019")]
    [InlineData("```csharp continued\nusing Electra.Tokenization;\nConsole.WriteLine(typeof(WordSplitter));\n```\n", "page.md, line 10: CS0122")] // internal
    [InlineData("```csharp continued\nstring text = null;\n```\n", "page.md, line 9: CS8600")]
    public void A_planted_fault_is_found_where_it_stands(string more, string named) =>
        Assert.Contains(DocumentedPrograms.Faults("page.md", Program + more), fault => fault.StartsWith(named, StringComparison.Ordinal));

    [Fact]
    public void What_goes_on_from_nothing_is_a_fault() =>
        Assert.Contains("0 programs", Assert.Single(DocumentedPrograms.Faults("page.md", "```csharp continued\nint a = 1;\n```\n")), StringComparison.Ordinal);

    [Theory]
    [InlineData("cs")]
    [InlineData("C#")]
    [InlineData("csharp ignored")]
    public void No_other_marker_gets_by(string info) =>
        Assert.Throws<FormatException>(() => DocumentedPrograms.Faults("page.md", $"```{info}\nint a = 1;\n```\n").ToArray());

    private static IEnumerable<(string Path, string Text)> Pages()
    {
        Skip.If(SourceTree.Root is null, "the sources are not on this machine");
        return Directory.GetFiles(Path.Combine(SourceTree.Root!, "docs"), "*.md").Append(Path.Combine(SourceTree.Root!, "README.md"))
            .Select(file => (Path.GetRelativePath(SourceTree.Root!, file).Replace('\\', '/'), File.ReadAllText(file)));
    }
}
