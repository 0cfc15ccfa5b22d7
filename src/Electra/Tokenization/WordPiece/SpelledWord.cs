using System.Runtime.InteropServices;

namespace Electra.Tokenization;

/// <summary>
/// A word and how the vocabulary spells it, in one array, since a hundred thousand of them are kept: a look-up then touches one object, and
/// the garbage collector has one to visit.
/// </summary>
internal readonly struct SpelledWord
{
    private const int Header = 2;

    private readonly int[] _packed; // units of the word, pieces; their ids; their ends; the word, two units a number

    /// <param name="word">The normalised word.</param>
    /// <param name="pieces">How many pieces it has; ids and ends are filled in afterwards.</param>
    public SpelledWord(ReadOnlySpan<char> word, int pieces)
    {
        _packed = new int[Header + (2 * pieces) + ((word.Length + 1) / 2)];
        (_packed[0], _packed[1]) = (word.Length, pieces);
        word.CopyTo(MemoryMarshal.Cast<int, char>(_packed.AsSpan(Header + (2 * pieces))));
    }

    private SpelledWord(int[] packed) => _packed = packed;

    /// <summary>The normalised word.</summary>
    public ReadOnlySpan<char> Word => MemoryMarshal.Cast<int, char>(_packed.AsSpan(Header + (2 * _packed[1])))[.._packed[0]];

    /// <summary>Its pieces.</summary>
    public Span<int> Ids => _packed.AsSpan(Header, _packed[1]);

    /// <summary>For each piece the index in <see cref="Word"/> after its last UTF-16 unit.</summary>
    public Span<int> Ends => _packed.AsSpan(Header + _packed[1], _packed[1]);

    /// <summary>Reads the word at a place, or a word of no units where there is none yet; another thread may write there.</summary>
    public static bool TryRead(ref int[]? place, out SpelledWord word)
    {
        int[]? packed = Volatile.Read(ref place);
        word = new SpelledWord(packed!);
        return packed is not null;
    }

    /// <summary>Puts the word, which is complete, at a place where other threads may read.</summary>
    public void Publish(ref int[]? place) => Volatile.Write(ref place, _packed);
}
