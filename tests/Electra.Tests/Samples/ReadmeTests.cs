using System.Text.RegularExpressions;

namespace Electra.Tests.Samples;

public class ReadmeTests
{
    [SkippableFact]
    public void The_readmes_program_is_the_one_that_is_run_against_the_package()
    {
        string root = RepositoryRoot();
        string program = File.ReadAllText(Path.Combine(root, "tests", "consumer", "Program.cs")).TrimEnd();
        Assert.Contains($"```csharp\n{program}\n```", File.ReadAllText(Path.Combine(root, "README.md")), StringComparison.Ordinal);
        string[] lines = [.. program.Split('\n').Where(line => line.Length > 0)];
        Assert.Equal(12, lines.Count(line => !line.StartsWith("using Electra.", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void Every_file_and_folder_that_the_readme_links_is_there()
    {
        string root = RepositoryRoot();
        string readme = File.ReadAllText(Path.Combine(root, "README.md"));
        string[] links = [.. Regex.Matches(readme, @"\]\((?<path>[^)#:]+)\)").Select(match => match.Groups["path"].Value)];
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(root, link)), $"README.md links {link}, which is missing"));
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Electra.sln"))) folder = folder.Parent;
        Skip.If(folder is null, "the tests run outside the source tree");
        return folder!.FullName;
    }
}
