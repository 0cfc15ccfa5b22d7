using System.Runtime.CompilerServices;

namespace Electra.Tests.Architecture;

/// <summary>The checkout that these tests were built from.</summary>
internal static class SourceTree
{
    private static readonly string[] Ignored = ["bin", "obj", "artifacts"];

    /// <summary>The folder of <c>Electra.sln</c>; null when the tests run on a machine without the sources.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>Files below a folder of the checkout, as (path within that folder with forward slashes, content).</summary>
    public static IEnumerable<(string Path, string Text)> CSharpFiles(string folder)
    {
        Skip.If(Root is null, "the sources are not on this machine");
        string start = System.IO.Path.Combine(Root!, folder);
        return
            from file in Directory.EnumerateFiles(start, "*.cs", SearchOption.AllDirectories)
            let path = System.IO.Path.GetRelativePath(start, file).Replace('\\', '/')
            where !path.Split('/').Any(Ignored.Contains)
            orderby path
            select (path, File.ReadAllText(file));
    }

    /// <summary>All folders of the checkout without those that hold build outputs and hidden ones, relative to it.</summary>
    public static IEnumerable<string> Folders()
    {
        Skip.If(Root is null, "the sources are not on this machine");
        return
            from folder in Directory.EnumerateDirectories(Root!, "*", SearchOption.AllDirectories)
            let path = System.IO.Path.GetRelativePath(Root!, folder).Replace('\\', '/')
            where !path.Split('/').Any(part => part.StartsWith('.') || Ignored.Contains(part))
            select path;
    }

    private static string? FindRoot([CallerFilePath] string thisFile = "")
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, System.IO.Path.GetDirectoryName(thisFile) ?? ""])
        {
            for (DirectoryInfo? folder = start.Length == 0 ? null : new(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(System.IO.Path.Combine(folder.FullName, "Electra.sln"))) return folder.FullName;
            }
        }

        return null;
    }
}
