using System.Runtime.InteropServices;
using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// Joins the most frequent pair of neighbouring pieces again and again (Sennrich et al. 2016, with <c>##</c> marking pieces inside a word).
/// Pair counts are kept up to date, so that a merge costs only the words that it changes. Ties go to the pair of lower piece numbers.
/// </summary>
internal sealed class PieceLearner
{
    private static readonly Comparer<(long Count, int Left, int Right)> MostFrequentFirst =
        Comparer<(long Count, int Left, int Right)>.Create((a, b) => (b.Count, a.Left, a.Right).CompareTo((a.Count, b.Left, b.Right)));

    private readonly List<string> _pieces = [];
    private readonly Dictionary<string, int> _pieceNumbers = new(StringComparer.Ordinal);
    private readonly int[] _symbols; // all words, each in its own stretch
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly long[] _counts;
    private readonly Dictionary<(int Left, int Right), PiecePair> _pairs = [];
    private readonly PriorityQueue<PiecePair, (long Count, int Left, int Right)> _queue = new(MostFrequentFirst);
    private readonly List<PiecePair> _grown = [];

    /// <summary>Splits words into characters; a word with a character outside the alphabet would be [UNK] and teaches nothing.</summary>
    public PieceLearner(IReadOnlyDictionary<string, long> words, IReadOnlySet<Rune> alphabet)
    {
        (string Word, long Count)[] usable =
            [.. words.Where(entry => entry.Value > 0 && Spells(entry.Key, alphabet)).Select(entry => (entry.Key, entry.Value))];
        AddAlphabet(alphabet, usable.Select(entry => entry.Word));
        _starts = new int[usable.Length];
        _lengths = new int[usable.Length];
        _counts = [.. usable.Select(entry => entry.Count)];
        var symbols = new List<int>(usable.Length * 8);
        for (int word = 0; word < usable.Length; word++)
        {
            _starts[word] = symbols.Count;
            foreach (Rune rune in usable[word].Word.EnumerateRunes())
                symbols.Add(_pieceNumbers[symbols.Count == _starts[word] ? rune.ToString() : "##" + rune]);
            _lengths[word] = symbols.Count - _starts[word];
        }

        _symbols = [.. symbols];
        for (int word = 0; word < usable.Length; word++)
        {
            for (int i = _starts[word]; i < _starts[word] + _lengths[word] - 1; i++) Grow(_symbols[i], _symbols[i + 1], word);
        }

        QueueGrown();
    }

    /// <summary>The alphabet in code point order, the same as <c>##</c> pieces, then what was learned, in order.</summary>
    public IReadOnlyList<string> Pieces => _pieces;

    /// <summary>True when every character of a word is in an alphabet.</summary>
    public static bool Spells(string word, IReadOnlySet<Rune> alphabet)
    {
        foreach (Rune rune in word.EnumerateRunes())
        {
            if (!alphabet.Contains(rune)) return false;
        }

        return true;
    }

    public void Learn(int size, int minimumFrequency, Action? onProgress, CancellationToken cancellationToken)
    {
        while (_pieces.Count < size && _queue.TryDequeue(out PiecePair? pair, out (long Count, int Left, int Right) queued))
        {
            cancellationToken.ThrowIfCancellationRequested();
            onProgress?.Invoke();
            if (pair.Count < queued.Count)
            {
                // shrunk since it was queued; one that grew has another, later entry
                if (pair.Count >= minimumFrequency) _queue.Enqueue(pair, (pair.Count, pair.Left, pair.Right));
                continue;
            }

            if (pair.Count > queued.Count) continue;
            if (pair.Count < minimumFrequency) return;
            Merge(pair);
        }
    }

    private void AddAlphabet(IReadOnlySet<Rune> alphabet, IEnumerable<string> words)
    {
        var inside = new HashSet<Rune>();
        foreach (string word in words) inside.UnionWith(word.EnumerateRunes().Skip(1));
        foreach (Rune rune in alphabet.Order()) AddPiece(rune.ToString());
        foreach (Rune rune in inside.Order()) AddPiece("##" + rune);
    }

    /// <summary>Different pairs can make the same piece ("a" + "##bc", "ab" + "##c"); it keeps its first number.</summary>
    private int AddPiece(string piece)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_pieceNumbers, piece, out bool exists);
        if (exists) return number;
        number = _pieces.Count;
        _pieces.Add(piece);
        return number;
    }

    private void Merge(PiecePair pair)
    {
        int merged = AddPiece(_pieces[pair.Left] + _pieces[pair.Right][2..]);
        _pairs.Remove((pair.Left, pair.Right));
        foreach (int word in pair.Words) MergeInWord(word, pair.Left, pair.Right, merged);
        QueueGrown();
    }

    private void MergeInWord(int word, int left, int right, int merged)
    {
        Span<int> symbols = _symbols.AsSpan(_starts[word], _lengths[word]);
        int written = 0;
        for (int read = 0; read < symbols.Length; read++, written++)
        {
            if (read + 1 == symbols.Length || symbols[read] != left || symbols[read + 1] != right)
            {
                symbols[written] = symbols[read];
                continue;
            }

            if (written > 0)
            {
                Shrink(symbols[written - 1], left, word);
                Grow(symbols[written - 1], merged, word);
            }

            if (read + 2 < symbols.Length)
            {
                Shrink(right, symbols[read + 2], word);
                Grow(merged, symbols[read + 2], word);
            }

            symbols[written] = merged;
            read++;
        }

        _lengths[word] = written;
    }

    private void Grow(int left, int right, int word)
    {
        ref PiecePair? pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, (left, right), out _);
        pair ??= new(left, right);
        pair.Count += _counts[word];
        if (pair.Words.Count == 0 || pair.Words[^1] != word) pair.Words.Add(word);
        if (pair.HasGrown) return;
        pair.HasGrown = true;
        _grown.Add(pair);
    }

    /// <summary>The pair that is being merged is no longer listed: its remaining count does not matter.</summary>
    private void Shrink(int left, int right, int word)
    {
        if (_pairs.TryGetValue((left, right), out PiecePair? pair)) pair.Count -= _counts[word];
    }

    private void QueueGrown()
    {
        foreach (PiecePair pair in _grown)
        {
            pair.HasGrown = false;
            if (pair.Count > 0) _queue.Enqueue(pair, (pair.Count, pair.Left, pair.Right));
        }

        _grown.Clear();
    }
}
