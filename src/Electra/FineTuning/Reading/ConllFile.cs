using Electra.Data;
using Electra.Training;

namespace Electra.FineTuning;

/// <summary>
/// Reads tagged sentences in columns, as the CoNLL tasks have them: a word a line with its tag in the last column, a blank line between sentences.
/// Columns are parted by tabs where a line has one, else by blanks. Lines <c>-DOCSTART-</c> are left out.
/// </summary>
public static class ConllFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; also <c>.gz</c> or <c>.zst</c>.</param>
    /// <param name="wordColumn">Which column has the word, from 0.</param>
    /// <param name="tagColumn">Which column has the tag, from 0. <value>Default: the last one.</value></param>
    /// <param name="options">
    /// Whether sentences that cannot be read may be skipped, and the scheme of their tags. <value>Default: the first is an error; any sequence of tags will do.</value>
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It has no sentence, or one with too few columns or with tags that break the scheme, and it may not be skipped.</exception>
    public static ExampleSet<TaggedSentence> Read(string path, int wordColumn = 0, int? tagColumn = null, ReadingOptions? options = null)
    {
        options ??= new ReadingOptions();
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no file '{path}'.", path);
        using CorpusStream stream = CorpusStream.Open(path);
        var lines = new Utf8LineReader(stream, path, TableFile.MaximumLineBytes);
        var sentences = new List<TaggedSentence>();
        var skipped = new List<MalformedRecord>();
        List<string> words = [], tags = [];
        List<long> places = [];
        (long Line, string Reason)? fault = null;
        while (lines.Read())
        {
            string line = lines.Fault is null ? lines.Text.TrimEnd() : "?";
            if (line.Length == 0)
            {
                End();
                continue;
            }

            string[] columns = line.Contains('\t', StringComparison.Ordinal) ? line.Split('\t') : line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns[0] == "-DOCSTART-") continue;
            int tag = tagColumn ?? columns.Length - 1;
            if (lines.Fault is not null || columns.Length < 2 || Math.Max(wordColumn, tag) >= columns.Length || columns[tag].Length == 0)
            {
                fault ??= (lines.LineNumber, lines.Fault
                    ?? (columns.Length < 2 ? "there is one column only, where there should be a word and its tag" : $"there is no tag in column {tag + 1}"));
                continue;
            }

            words.Add(columns[wordColumn]);
            tags.Add(columns[tag]);
            places.Add(lines.LineNumber);
        }

        End();
        if (sentences.Count == 0) throw new InvalidDataException($"{path}: there is no sentence in it.");
        return new ExampleSet<TaggedSentence>(path, sentences, skipped);

        void End()
        {
            if (fault is null && TagRules.FirstBreak(tags, options.TagScheme) is { } broken) fault = (places[broken.Index], $"the tag {broken.Reason}");
            if (fault is { } bad) TableFile.Refuse(new MalformedRecord(path, bad.Line, bad.Reason), options, skipped);
            else if (words.Count > 0) sentences.Add(new TaggedSentence(words, tags));
            (words, tags, places, fault) = ([], [], [], null);
        }
    }
}
