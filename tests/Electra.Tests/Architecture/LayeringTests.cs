namespace Electra.Tests.Architecture;

public class LayeringTests
{
    [SkippableFact]
    public void The_library_keeps_to_its_layers()
    {
        (string Path, string Text)[] files = [.. SourceTree.CSharpFiles("src/Electra")];
        Assert.True(files.Length > 20, $"only {files.Length} source files found");
        string breaches = string.Join('\n', files.SelectMany(file => Layers.Breaches(file.Path, file.Text)));
        Assert.True(breaches.Length == 0, breaches);
    }

    [Theory]
    [InlineData("Modeling/A.cs", "using Electra.Checkpoints;", "Checkpoints")]
    [InlineData("Modeling/Heads/A.cs", "using Electra.Tokenization;", "Tokenization")]
    [InlineData("Tokenization/A.cs", "global using Electra.Data;", "Data")]
    [InlineData("Tokenization/A.cs", "using  static\n  Electra . Modeling . ElectraModel;", "Modeling")]
    [InlineData("Optimization/A.cs", "using Alias = Electra.Modeling.ElectraModel;", "Modeling")]
    [InlineData("Optimization/A.cs", "using Alias = global::Electra.Pretraining.X;", "Pretraining")]
    [InlineData("Data/A.cs", "class A { Electra.Training.MetricsLog? log; }", "Training")]
    [InlineData("Data/A.cs", "class A { global::Electra.Checkpoints.X? x; }", "Checkpoints")]
    [InlineData("Data/A.cs", "class A { Training.MetricsLog? log; }", "Training")]
    [InlineData("Data/A.cs", "class A { string S => $\"{\"a\" + Modeling.ElectraModel.Name}\"; }", "Modeling")]
    [InlineData("Pretraining/A.cs", "using Electra.FineTuning.Metrics;", "FineTuning")]
    [InlineData("Native/A.cs", "using Electra.Configuration;", "Configuration")]
    [InlineData("Extras/A.cs", "", "'Extras' is not one of the layers")]
    [InlineData("Pretraining/Schedule/A.cs", "", "'Schedule' is not one of the rooms of Pretraining")]
    [InlineData("Modeling/Heads/Losses/A.cs", "", "'Heads/Losses' is not one of the rooms")]
    public void A_planted_breach_is_found(string path, string code, string named) =>
        Assert.Contains(named, Assert.Single(Layers.Breaches(path, code)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Modeling/A.cs", "using Electra.Configuration;\nusing Electra.Native.Kernels;\nusing Electra.Modeling.Heads;")]
    [InlineData("Data/A.cs", "using System.Data.Common; // Electra.Training\n/* using Electra.Pretraining; */")]
    [InlineData("Data/A.cs", "class A { string S = \"Electra.Training\", T = @\"\"\"Electra.Training\"; }")]
    [InlineData("Data/A.cs", "class A { string S = $\"{{Electra.Training}} {1 + 1} Electra.Training\"; }")]
    [InlineData("Data/A.cs", "class A { string S = \"\"\"\n Electra.Training.X \"\" Electra.Training\n \"\"\"; char C = '\"'; }")]
    [InlineData("Modeling/A.cs", "class A { object O => this.Electra.Training; object P => options.Data.Seed; }")]
    [InlineData("Data/A.cs", "class A { Examples Training { get; } long Count => Training.Count; }")]
    [InlineData("Modeling/A.cs", "namespace Electra.Modeling;\nclass A { ElectraModel Electra { get; } object O => Electra.Embeddings; }")]
    [InlineData("Training/A.cs", "using Electra.Checkpoints;\nusing Electra.Distributed.Mpi;\nusing Electra.Data;")]
    public void What_only_looks_like_a_breach_passes(string path, string code) => Assert.Empty(Layers.Breaches(path, code));

    [Fact]
    public void The_line_of_a_breach_is_given() =>
        Assert.StartsWith(
            "Modeling/A.cs(3):", Assert.Single(Layers.Breaches("Modeling/A.cs", "/*\n*/\nusing Electra.Data;")), StringComparison.Ordinal);
}
