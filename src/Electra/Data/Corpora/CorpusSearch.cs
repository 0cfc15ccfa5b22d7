using System.IO.Enumeration;

namespace Electra.Data;

/// <summary>
/// Walks through folders by a glob's parts. As in shells, a hidden name (with a leading dot) matches only a part with one. Folders that
/// hold a run are not entered, nor is any folder a second time through a link.
/// </summary>
/// <param name="isCorpusFile">Whether a file of this name can be read.</param>
/// <param name="outputFolder">A folder that is about to be written to, not entered either; null: none.</param>
internal sealed class CorpusSearch(Func<string, bool> isCorpusFile, string? outputFolder)
{
    private readonly string? _output = outputFolder is null ? null : RealPath.Of(outputFolder);
    private readonly HashSet<(string Folder, int Pattern)> _entered = [];
    private readonly List<(string Path, string RealPath)> _found = [];
    private readonly List<LeftOutFile> _leftOut = [];

    /// <summary>The files found, with the path that all names of one share.</summary>
    public IReadOnlyList<(string Path, string RealPath)> Found => _found;

    /// <summary>What was passed over.</summary>
    public IReadOnlyList<LeftOutFile> LeftOut => _leftOut;

    /// <summary>Why a folder is not entered; null when it may be.</summary>
    public string? Refusal(string folder) =>
        _output is not null && RealPath.Comparer.Equals(RealPath.Of(folder), _output) ? "for the output of this run"
        : RunFolders.Holds(folder) ? "with a run or a model in it"
        : null;

    /// <summary>Finds the files below a folder.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="pattern">The glob's parts: names with <c>*</c> and <c>?</c>, or <c>**</c> for any depth, the last one a name.</param>
    public void Search(string folder, ReadOnlyMemory<string> pattern) => Enter(folder, RealPath.Of(folder) ?? folder, pattern);

    private void Enter(string folder, string realFolder, ReadOnlyMemory<string> pattern)
    {
        if (!_entered.Add((realFolder, pattern.Length))) return;
        string part = pattern.Span[0];
        bool anyDepth = part == "**";
        if (anyDepth) Enter(folder, realFolder, pattern[1..]);
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            bool isFolder = entry is DirectoryInfo;
            if (isFolder != (anyDepth || pattern.Length > 1) || !Matches(anyDepth ? "*" : part, entry.Name)) continue;
            string path = folder == "." ? entry.Name : Path.Combine(folder, entry.Name);
            string? real = entry.LinkTarget is null ? Path.Combine(realFolder, entry.Name) : RealPath.Of(path);
            if (entry.Name[0] == '.' && part[0] != '.') _leftOut.Add(new LeftOutFile(path, "hidden"));
            else if (isFolder && Refusal(path) is string refusal) _leftOut.Add(new LeftOutFile(path, refusal));
            else if (isFolder) Enter(path, real!, anyDepth ? pattern : pattern[1..]);
            else if (!isCorpusFile(entry.Name)) _leftOut.Add(new LeftOutFile(path, "with another extension"));
            else if (real is null || !File.Exists(real)) _leftOut.Add(new LeftOutFile(path, "linked to nothing"));
            else _found.Add((path, real));
        }
    }

    private static bool Matches(string pattern, string name) =>
        FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: OperatingSystem.IsWindows());
}
