using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Electra.Tests.Architecture;
using Electra.Tests.Support;

namespace Electra.Tests.Documents;

public sealed partial class PackageReadmeTests : IDisposable
{
    private const string Page = """
        See [the page](docs/a.md), [`code`](src/A.cs), [MIT](LICENSE), [elsewhere](https://example.org/x), [below](#part).

        ```csharp
        Call(list[0](x), "a;b\n"); // 5 %, %41, $(X)
        ```
        In a line: `list[0](x)`; C:\new, 50%.

        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Without_a_repository_relative_links_become_their_text_and_all_else_stays() =>
        Assert.Equal(
            Page.Replace("[the page](docs/a.md), [`code`](src/A.cs), [MIT](LICENSE)", "the page, `code`, MIT", StringComparison.Ordinal),
            Written(Page));

    [SkippableTheory]
    [InlineData("https://example.com/electra")]
    [InlineData("https://example.com/electra/")]
    [InlineData("https://example.com/electra.git")]
    public void With_one_they_become_addresses_of_the_released_version(string repository) =>
        Assert.Equal(
            Page.Replace("](docs/", "](https://example.com/electra/blob/v1.2.3/docs/", StringComparison.Ordinal)
                .Replace("](src/", "](https://example.com/electra/blob/v1.2.3/src/", StringComparison.Ordinal)
                .Replace("](LICENSE", "](https://example.com/electra/blob/v1.2.3/LICENSE", StringComparison.Ordinal),
            Written(Page, $"-p:RepositoryUrl={repository}", "-p:PackageVersion=1.2.3"));

    [SkippableTheory]
    [InlineData()]
    [InlineData("-p:RepositoryUrl=https://example.com/electra", "-p:PackageVersion=1.2.3")]
    public void The_readme_has_no_relative_link_left(params string[] properties)
    {
        Skip.If(SourceTree.Root is null, "the sources are not on this machine");
        string readme = File.ReadAllText(Path.Combine(SourceTree.Root!, "README.md"));
        Assert.Matches(RelativeLink(), readme);
        string written = Written(readme, properties);
        Assert.DoesNotMatch(RelativeLink(), written);
        Assert.Equal(readme.Count(c => c == '\n'), written.Count(c => c == '\n'));
    }

    // What the targets make of a page, in a project that has nothing else.
    private string Written(string page, params string[] properties)
    {
        Skip.If(SourceTree.Root is null, "the sources are not on this machine");
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        Skip.IfNot(Directory.Exists(Path.Combine(dotnet, "sdk")), "there is no SDK beside the runtime");
        string targets = Path.Combine(SourceTree.Root!, "src", "Electra", "PackageReadme.targets");
        File.WriteAllText(_folder.File("page.md"), page);
        File.WriteAllText(_folder.File("page.proj"), $"<Project><Import Project=\"{targets}\" /></Project>");
        string[] arguments =
        [
            "msbuild", _folder.File("page.proj"), "-nologo", "-nodeReuse:false", "-t:WritePackageReadme",
            $"-p:RepositoryReadme={_folder.File("page.md")}", $"-p:PackageReadmePath={_folder.File("packed/README.md")}", .. properties,
        ];
        using Process build = Process.Start(new ProcessStartInfo(Path.Combine(dotnet, "dotnet"), arguments) { RedirectStandardOutput = true })!;
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        Assert.True(build.ExitCode == 0, output);
        return File.ReadAllText(_folder.File("packed/README.md"));
    }

    [GeneratedRegex(@"\]\((?![a-z]+:|#)|^\[[^\]\n]+\]: (?![a-z]+:)", RegexOptions.Multiline)]
    private static partial Regex RelativeLink();
}
