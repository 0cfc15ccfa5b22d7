using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

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
        foreach (string breach in NameBreaches(path, CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot())) yield return breach;
    }

    /// <summary>True for a folder whose name says nothing about what it holds.</summary>
    public static bool IsForbidden(string folder) => ForbiddenFolders.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> NameBreaches(string path, CompilationUnitSyntax root)
    {
        BaseNamespaceDeclarationSyntax? space = root.Members.OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault();
        (string Name, bool Public)[] types =
            [.. (space?.Members ?? root.Members).Select(member => (NameOf(member), member.Modifiers.Any(SyntaxKind.PublicKeyword))).Where(type => type.Item1 is not null)!];
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
        string? actual = space?.Name.ToString();
        if (actual != expected) yield return $"{path}: namespace '{actual}'; the folder says '{expected}'";
    }

    private static string? NameOf(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        DelegateDeclarationSyntax type => type.Identifier.Text,
        _ => null,
    };

    [GeneratedRegex(@"(?<![\w.])(?:System\s*\.\s*)?Console\s*\.|\busing\s+static\s+System\s*\.\s*Console\b")]
    private static partial Regex ConsoleUse();
}
