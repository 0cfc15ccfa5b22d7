using Electra.Data;
using Electra.Samples.Pretrain.Corpus;

namespace Electra.Samples.Search.Passages;

/// <summary>Reads what is searched.</summary>
internal static class PassageReader
{
    /// <summary>A passage a member: its summary, below its name.</summary>
    public static IEnumerable<Passage> Read(SdkDocumentation documentation, CancellationToken cancellationToken) =>
        documentation.ReadMembers(cancellationToken).Select(member => new Passage(member.Title, member.Words, member.Summary));

    /// <summary>The passages of files, in their order.</summary>
    /// <param name="files">As <see cref="CorpusFiles.Find"/> finds them.</param>
    /// <param name="options">How they are read.</param>
    /// <param name="cutter">How long a passage is.</param>
    /// <param name="cancellationToken">Stops between two documents.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static IEnumerable<Passage> Read(IEnumerable<string> files, CorpusOptions options, PassageCutter cutter, CancellationToken cancellationToken)
    {
        foreach (string file in files)
        {
            foreach (Document document in CorpusFiles.OpenFile(file, options).ReadDocuments(cancellationToken))
            {
                foreach ((int line, string text) in cutter.Cut(document.Lines))
                    yield return new Passage($"{file}:{document.FirstLine + (HasLines(file) ? line : 0)}", "", text);
            }
        }
    }

    // Of other forms a whole document is in one line.
    private static bool HasLines(string file)
    {
        bool isPacked = Path.GetExtension(file).ToLowerInvariant() is ".gz" or ".zst";
        return Path.GetExtension(isPacked ? Path.GetFileNameWithoutExtension(file) : file).Equals(".txt", StringComparison.OrdinalIgnoreCase);
    }
}
