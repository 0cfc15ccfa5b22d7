namespace Electra.Data;

/// <summary>Reads the lines of packed text back, as token ids.</summary>
internal static class CorpusLines
{
    /// <summary>The lines of all documents in order, without [CLS] and [SEP]; one document is in memory at a time.</summary>
    /// <param name="corpus">The training or held-out documents of a dataset.</param>
    /// <param name="maximumTokens">Stops after the document that reaches this many tokens; to count words, a sample is enough.</param>
    public static IEnumerable<int[]> Read(TokenCorpus corpus, long maximumTokens = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        var lengths = new List<int>();
        long read = 0;
        for (int document = 0; document < corpus.DocumentCount && read < maximumTokens; document++)
        {
            var tokens = new long[corpus.TokensIn(document)];
            corpus.CopyTokens(document, 0, tokens);
            corpus.CopyLineLengths(document, lengths);
            read += tokens.Length;
            int start = 0;
            foreach (int length in lengths)
            {
                yield return Array.ConvertAll(tokens[start..(start + length)], id => (int)id);
                start += length;
            }
        }
    }
}
