using System.Runtime.InteropServices;

namespace Electra.Tokenization;

/// <summary>
/// Counts the words of every so-many-th block of a text (a million characters each, or <see cref="WordPieceTrainerOptions.MaxDistinctWords"/> where that is less), so that
/// several processes share the work: each is given the whole text, and writes the counts of its blocks. Read together, they count as the text does. Not thread-safe.
/// </summary>
public sealed class WordCountShare
{
    private const int End = -1;

    private readonly WordCountTable _words;
    private readonly SplitWords _split;
    private readonly int _index, _count;
    private readonly BinaryWriter _writer;
    private long _characters, _written;
    private int _block;

    internal WordCountShare(int capacity, SplitWords split, int index, int count, Stream counts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        (_words, _split, _index, _count, _writer) = (new(capacity, forgets: false), split, index, count, new BinaryWriter(counts));
    }

    internal delegate void SplitWords(ReadOnlySpan<char> text, WordCountTable words);

    private bool IsOwn => _block % _count == _index;

    /// <summary>Counts the words of a piece of text, which should not end within a word, if it is this share's.</summary>
    /// <param name="text">A line, paragraph or document; all shares are given the same ones in the same order.</param>
    public void Add(ReadOnlySpan<char> text)
    {
        if (IsOwn) _split(text, _words);
        _characters += text.Length;
        if (_words.EndText(text.Length)) EndBlock();
    }

    /// <summary>Says that this was all, and writes what is left.</summary>
    public void Complete()
    {
        if (_characters > _written) EndBlock();
        _writer.Write(End);
        _writer.Write(_characters);
        _writer.Flush();
    }

    /// <summary>Counts what was counted in shares.</summary>
    /// <param name="shares">What all of them wrote, in order.</param>
    /// <param name="words">Where the counts go.</param>
    /// <param name="blockRead">Called after each block.</param>
    /// <param name="cancellationToken">Stops between two blocks.</param>
    /// <returns>The characters of the text.</returns>
    /// <exception cref="InvalidDataException">The shares are not those of one text.</exception>
    internal static long Read(IReadOnlyList<Stream> shares, WordCountTable words, Action? blockRead, CancellationToken cancellationToken)
    {
        BinaryReader[] readers = [.. shares.Select(share => new BinaryReader(share))];
        int block = 0;
        for (int count; (count = readers[block % readers.Length].ReadInt32()) != End; block++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadBlock(readers[block % readers.Length], count, words);
            blockRead?.Invoke();
        }

        long characters = readers[block % readers.Length].ReadInt64();
        for (int share = 0; share < readers.Length; share++)
        {
            if (share != block % readers.Length && (readers[share].ReadInt32() != End || readers[share].ReadInt64() != characters))
                throw new InvalidDataException($"Rank {share} has counted the words of another text than rank {block % readers.Length}: all ranks need the same files of the corpus.");
        }

        return characters;
    }

    private static void ReadBlock(BinaryReader reader, int count, WordCountTable words)
    {
        int characters = reader.ReadInt32();
        char[] letters = [];
        for (int word = 0; word < count; word++)
        {
            int length = reader.Read7BitEncodedInt();
            if (letters.Length < length) letters = new char[length * 2];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(letters.AsSpan(0, length)));
            words.Add(letters.AsSpan(0, length), reader.Read7BitEncodedInt64());
        }

        _ = words.EndText(characters);
    }

    private void EndBlock()
    {
        if (IsOwn)
        {
            _writer.Write(_words.Counts.Count);
            _writer.Write((int)(_characters - _written));
            foreach ((string word, long count) in _words.Counts)
            {
                _writer.Write7BitEncodedInt(word.Length);
                _writer.Write(MemoryMarshal.AsBytes(word.AsSpan()));
                _writer.Write7BitEncodedInt64(count);
            }

            _words.Clear();
        }

        (_written, _block) = (_characters, _block + 1);
    }
}
