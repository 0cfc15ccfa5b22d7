using System.Text.RegularExpressions;
using Electra.Tests.Architecture;

namespace Electra.Tests.Documents;

public partial class LinkTests
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

    [SkippableFact]
    public void Every_link_of_the_documents_is_defined_and_leads_to_something()
    {
        string docs = Path.Combine(RepositoryRoot(), "docs");
        string[] pages = Directory.GetFiles(docs, "*.md");
        Assert.True(pages.Length >= 7, $"only {pages.Length} documents");
        List<string> breaches = [];
        foreach (string page in pages)
        {
            string text = File.ReadAllText(page), name = Path.GetFileName(page);
            Dictionary<string, string> defined = Regex.Matches(text, @"^\[(?<name>[^\]\n]+)\]: (?<path>\S+)$", RegexOptions.Multiline)
                .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["path"].Value);
            IEnumerable<string> inline = Regex.Matches(text, @"\]\((?!https?:)(?<path>[^)#\s]+)[^)]*\)").Select(match => match.Groups["path"].Value);
            foreach (string path in defined.Values.Concat(inline).Where(path => !path.Contains(':', StringComparison.Ordinal)))
                if (!Path.Exists(Path.Combine(docs, path.Split('#')[0]))) breaches.Add($"{name} links {path}, which is missing");
            string prose = Regex.Replace(text, @"```.*?```|`[^`\n]*`|^    [^\n]*$|^\[[^\]\n]+\]: \S+$", "", RegexOptions.Singleline | RegexOptions.Multiline);
            string[] used = [.. Regex.Matches(prose, @"\[(?<name>[^\]\[\n]+)\](?![(\[])").Select(match => match.Groups["name"].Value).Where(use => !SpecialToken().IsMatch(use))];
            breaches.AddRange(used.Where(use => !defined.ContainsKey(use)).Select(use => $"{name} uses [{use}], which it does not define"));
            breaches.AddRange(defined.Keys.Where(key => !prose.Contains($"[{key}]", StringComparison.Ordinal)).Select(key => $"{name} defines [{key}] and does not use it"));
        }

        Assert.True(breaches.Count == 0, string.Join('\n', breaches));
    }

    [GeneratedRegex("^[A-Z]+$|^unused")] // [MASK], [unused0]
    private static partial Regex SpecialToken();

    private static string RepositoryRoot()
    {
        Skip.If(SourceTree.Root is null, "the tests run outside the source tree");
        return SourceTree.Root!;
    }
}
