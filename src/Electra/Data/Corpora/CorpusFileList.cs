namespace Electra.Data;

/// <summary>The files that names, folders and globs stand for.</summary>
/// <param name="Files">What is read, in reading order; every file once, however many names lead to it.</param>
/// <param name="LeftOut">What lies in the folders but is not read. A folder that is left out stands for all in it.</param>
public sealed record CorpusFileList(IReadOnlyList<string> Files, IReadOnlyList<LeftOutFile> LeftOut)
{
    private const int Named = 3;

    /// <summary>What is read, for people: how many files of each form, and what is a document in them.</summary>
    public string DescribeFiles(CorpusOptions options) => string.Join("; ", Files.GroupBy(CorpusFiles.KindOf).Select(kind =>
    {
        string document = kind.Key switch
        {
            ".txt" => options.OneDocumentPerLine ? "every line is a document" : "blank lines separate documents",
            ".parquet" => "every row is a document",
            _ => "every line's object is a document",
        };
        return $"{kind.Count():N0} {kind.Key} file{(kind.Count() == 1 ? "" : "s")} ({document})";
    }));

    /// <summary>What is left out, for people: how many for each reason, and the first of them by name. Empty when nothing is.</summary>
    public string DescribeLeftOut() => string.Join("; ", LeftOut.GroupBy(file => file.Reason).Select(group =>
    {
        string[] first = [.. group.Take(Named).Select(file => file.Path)];
        string more = group.Count() > Named ? ", ..." : "";
        return $"{group.Count():N0} {group.Key} ({string.Join(", ", first)}{more})";
    }));
}
