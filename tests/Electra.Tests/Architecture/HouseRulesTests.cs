namespace Electra.Tests.Architecture;

public class HouseRulesTests
{
    [SkippableFact]
    public void Library_files_are_short_silent_and_named_after_their_type_and_folder()
    {
        // Electra.Onnx is one layer in a project of its own.
        IEnumerable<(string Path, string Text)> files =
            [.. SourceTree.CSharpFiles("src/Electra"), .. SourceTree.CSharpFiles("src/Electra.Onnx").Select(file => ($"Onnx/{file.Path}", file.Text))];
        string breaches = string.Join('\n', files.SelectMany(file => HouseRules.Breaches(file.Path, file.Text)));
        Assert.True(breaches.Length == 0, breaches);
    }

    [SkippableFact]
    public void No_folder_has_a_name_that_says_nothing()
    {
        string[] folders = [.. SourceTree.Folders()];
        Assert.Contains("src/Electra", folders);
        Assert.DoesNotContain(folders, HouseRules.IsForbidden);
    }

    [Theory]
    [InlineData("Data/Shard.cs", "namespace Electra.Data;\npublic sealed class Other;", "named after no type")]
    [InlineData("Data/Shard.cs", "namespace Electra.Data;\ninternal static class Other;", "named after no type")]
    [InlineData("Data/Shard.cs", "namespace Electra.Data;\npublic class Shard;\npublic enum Kind { A }", "several public types")]
    [InlineData("Data/Shard.cs", "namespace Electra.Data;\npublic record struct Shard;\npublic interface Kind;", "several public types")]
    [InlineData("Data/Shard.cs", "namespace Electra.Data;\npublic class Shard;\npublic delegate int Kind(int x);", "several public types")]
    [InlineData("Data/Shard.cs", "namespace Electra.Modeling;\npublic class Shard;", "namespace 'Electra.Modeling'")]
    [InlineData("Data/Shards/Shard.cs", "namespace Electra.Data.Shards;\npublic class Shard;", "the folder says 'Electra.Data'")]
    [InlineData("Data/Shard.cs", "namespace Electra.Data;\npublic class Shard { void F() => Console.Error.WriteLine(); }", "console")]
    [InlineData("Data/Shard.cs", "using static System.Console;\nnamespace Electra.Data;\npublic class Shard;", "console")]
    public void A_planted_breach_is_found(string path, string text, string named) =>
        Assert.Contains(named, Assert.Single(HouseRules.Breaches(path, text)), StringComparison.Ordinal);

    [Fact]
    public void Long_files_are_found()
    {
        string longest = "namespace Electra.Data;\npublic class Shard;\n" + string.Concat(Enumerable.Repeat("//\n", 248));
        Assert.Empty(HouseRules.Breaches("Data/Shard.cs", longest));
        Assert.Contains("251 lines", Assert.Single(HouseRules.Breaches("Data/Shard.cs", longest + "//\n")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Data/Shard.cs", "namespace Electra.Data;\npublic class Shard<T> { public class Inner; }\ninternal record Row;")]
    [InlineData("Data/Shards/Shard.cs", "namespace Electra.Data;\npublic class Shard;")]
    [InlineData("Data/Shard.Reading.cs", "namespace Electra.Data;\npublic sealed partial class Shard;")]
    [InlineData("Data/GlobalUsings.cs", "global using System.Text;")]
    [InlineData("Data/Shard.cs", "namespace Electra.Data;\npublic class Shard { string S = \"Console.\"; } // Console.Write")]
    [InlineData("Data/Shard.cs", "namespace Electra.Data;\ninternal unsafe ref struct Shard { }\ninternal enum Kind { }")]
    public void What_only_looks_like_a_breach_passes(string path, string text) => Assert.Empty(HouseRules.Breaches(path, text));

    [Theory]
    [InlineData("src/Electra/Utils", true)]
    [InlineData("tests/Electra.Tests/helpers", true)]
    [InlineData("src/Electra/Core", true)]
    [InlineData("tests/Electra.Tests/Support", false)]
    public void Folder_names_are_judged(string folder, bool forbidden) => Assert.Equal(forbidden, HouseRules.IsForbidden(folder));
}
