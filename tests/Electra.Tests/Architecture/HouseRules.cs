using System.Text.RegularExpressions;

namespace Electra.Tests.Architecture;

/// <summary>The rules that keep files findable and the library silent.</summary>
internal static partial class HouseRules
{
    private const int MaxLines = 250;

    private static readonly string[] ForbiddenFolders =
        ["Util", "Utils", "Utilities", "Helper", "Helpers", "Common", "Core", "Misc", "Shared"];

    /// <summary>The breaches in one library file.</summary>
    /// <param name="path">The path within <c>src/Electra</c>, with forward slashes.</param>
    /// <param name="text">The C# text.</param>
    public static IEnumerable<string> Breaches(string path, string text)
    {
        int lines = text.TrimEnd('\n').Split('\n').Length;
        string code = CSharpCode.Only(text);
        if (lines > MaxLines) yield return $"{path}: {lines} lines; {MaxLines} is the ceiling";
        if (ConsoleUse().IsMatch(code)) yield return $"{path}: the library writes nothing to the console; use an ILogger";
        foreach (string breach in NameBreaches(path, code)) yield return breach;
    }

    /// <summary>True for a folder whose name says nothing about what it holds.</summary>
    public static bool IsForbidden(string folder) => ForbiddenFolders.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> NameBreaches(string path, string code)
    {
        (string Name, bool Public)[] types =
            [.. TypeDeclaration().Matches(code).Select(match => (match.Groups["name"].Value, match.Groups["access"].Value == "public"))];
        if (types.Length == 0) yield break;

        // Parts of one type lie in Name.cs, Name.Part.cs, ...
        string fileName = Path.GetFileName(path).Split('.')[0];
        string[] published = [.. types.Where(type => type.Public).Select(type => type.Name).Distinct()];
        if (published.Length > 1) yield return $"{path}: several public types ({string.Join(", ", published)}); one a file";
        if (published.Length == 1 ? published[0] != fileName : !types.Any(type => type.Name == fileName))
        {
            yield return $"{path}: named after no type in it ({string.Join(", ", types.Select(type => type.Name))})";
        }

        string expected = "Electra." + path.Split('/')[0]; // rooms within a folder share its namespace: who uses one needs no map of the house
        string actual = Namespace().Match(code).Groups["name"].Value;
        if (actual != expected) yield return $"{path}: namespace '{actual}'; the folder says '{expected}'";
    }

    [GeneratedRegex(@"(?<![\w.])(?:System\s*\.\s*)?Console\s*\.|\busing\s+static\s+System\s*\.\s*Console\b")]
    private static partial Regex ConsoleUse();

    // Files have file-scoped namespaces, so top-level types begin in the first column.
    [GeneratedRegex(
        @"^(?<access>public|internal|file)?(?:[ ](?:sealed|static|abstract|partial|readonly|unsafe|ref|file))*\s*"
        + @"(?:class|record\s+struct|record\s+class|record|struct|interface|enum|delegate\s+[\w<>?\[\],. ]+?)\s+(?<name>[A-Z]\w*)",
        RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
