namespace Electra.Data;

/// <summary>The files that names, folders and globs stand for.</summary>
/// <param name="Files">What is read, in reading order; every file once, however many names lead to it.</param>
/// <param name="LeftOut">What lies in the folders but is not read. A folder that is left out stands for all in it.</param>
public sealed record CorpusFileList(IReadOnlyList<string> Files, IReadOnlyList<LeftOutFile> LeftOut)
{
    private const int Named = 3;

    /// <summary>What is left out, for people: how many for each reason, and the first of them by name. Empty when nothing is.</summary>
    public string DescribeLeftOut() => string.Join("; ", LeftOut.GroupBy(file => file.Reason).Select(group =>
    {
        string[] first = [.. group.Take(Named).Select(file => file.Path)];
        string more = group.Count() > Named ? ", ..." : "";
        return $"{group.Count():N0} {group.Key} ({string.Join(", ", first)}{more})";
    }));
}
