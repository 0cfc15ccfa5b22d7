using System.Runtime.InteropServices;

namespace Electra.Tokenization;

/// <summary>
/// Encodes many texts at once, in portions that one thread takes each: first all ids, then, once the longest row is known, the rows.
/// </summary>
internal sealed class BatchEncoder(BatchEncoder.Encoding encode, SpecialTokens special, SequenceLayout layout)
{
    /// <summary>Characters of a portion: enough to be worth a hand-over, few enough for all threads to have one.</summary>
    private const int PortionCharacters = 1 << 15;

    /// <summary>Appends the ids of a text.</summary>
    public delegate void Encoding(ReadOnlySpan<char> text, List<int> destination);

    public TokenMatrix Encode(IReadOnlyList<string> texts, IReadOnlyList<string>? pairs)
    {
        Portion[] portions = [.. Cut(texts, pairs)];
        ForEach(portions, portion => EncodeTexts(portion, texts, pairs));
        int longest = 0;
        foreach (Portion portion in portions)
        {
            for (int row = 0; row < portion.Rows; row++)
            {
                int first = portion.Firsts[row];
                portion.Fits[row] = layout.Fit(first, pairs is null ? null : portion.Starts[row + 1] - portion.Starts[row] - first);
                longest = Math.Max(longest, portion.Fits[row].Length);
            }
        }

        var matrix = new TokenMatrix(texts.Count, longest);
        ForEach(portions, portion => Fill(matrix, portion));
        return matrix;
    }

    private static IEnumerable<Portion> Cut(IReadOnlyList<string> texts, IReadOnlyList<string>? pairs)
    {
        static int LengthOf(IReadOnlyList<string> list, int row, string name) =>
            list[row]?.Length ?? throw new ArgumentException($"{name}[{row}] is null", name);
        int start = 0, characters = 0;
        for (int row = 0; row < texts.Count; row++)
        {
            characters += LengthOf(texts, row, nameof(texts)) + (pairs is null ? 0 : LengthOf(pairs, row, nameof(pairs)));
            if (characters < PortionCharacters && row + 1 < texts.Count) continue;
            yield return new Portion(start, row + 1 - start, characters);
            (start, characters) = (row + 1, 0);
        }
    }

    private static void ForEach(Portion[] portions, Action<Portion> action)
    {
        if (portions.Length > 1) Parallel.ForEach(portions, action);
        else if (portions.Length == 1) action(portions[0]);
    }

    private void EncodeTexts(Portion portion, IReadOnlyList<string> texts, IReadOnlyList<string>? pairs)
    {
        for (int row = 0; row < portion.Rows; row++)
        {
            encode(texts[portion.FirstRow + row], portion.Ids);
            portion.Firsts[row] = portion.Ids.Count - portion.Starts[row];
            if (pairs is not null) encode(pairs[portion.FirstRow + row], portion.Ids);
            portion.Starts[row + 1] = portion.Ids.Count;
        }
    }

    private void Fill(TokenMatrix matrix, Portion portion)
    {
        ReadOnlySpan<int> all = CollectionsMarshal.AsSpan(portion.Ids);
        for (int row = 0; row < portion.Rows; row++)
        {
            int place = portion.FirstRow + row, next = 0;
            Span<long> ids = matrix.Row(place);
            SequenceFit fit = portion.Fits[row];
            if (layout.IsFramed) ids[next++] = special.ClsId;
            Add(ids, all.Slice(portion.Starts[row], fit.First), ref next);
            if (fit.Second is int second)
            {
                int secondStart = next;
                Add(ids, all.Slice(portion.Starts[row] + portion.Firsts[row], second), ref next);
                matrix.TypeIds.AsSpan((place * matrix.Length) + secondStart, next - secondStart).Fill(1);
            }

            ids[next..].Fill(special.PadId);
            matrix.SetTokens(place, next);
        }
    }

    private void Add(Span<long> row, ReadOnlySpan<int> ids, ref int next)
    {
        foreach (int id in ids) row[next++] = id;
        if (layout.IsFramed) row[next++] = special.SepId;
    }

    private sealed class Portion(int firstRow, int rows, int characters)
    {
        public int FirstRow => firstRow;

        public int Rows => rows;

        /// <summary>Of all texts and pairs, one after the other.</summary>
        public List<int> Ids { get; } = new(characters / 4);

        /// <summary>Where each row begins in <see cref="Ids"/>, and where the last one ends.</summary>
        public int[] Starts { get; } = new int[rows + 1];

        /// <summary>Tokens of the first text of each row.</summary>
        public int[] Firsts { get; } = new int[rows];

        public SequenceFit[] Fits { get; } = new SequenceFit[rows];
    }
}
