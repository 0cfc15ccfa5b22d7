using System.Runtime.InteropServices;

namespace Electra.Data;

/// <summary>
/// Makes examples by the rules of google-research/electra's <c>build_pretraining_dataset.py</c>, for runs to be compared with its:
/// lines are gathered until they reach the target length, parted into two segments ([CLS] first [SEP] second [SEP]; one example in ten
/// has one segment only) and what exceeds the length is thrown away; one example in twenty aims at a random shorter length. The
/// examples are the same in every epoch, as Google's are, which are written to files once.
/// </summary>
internal sealed class SegmentPairPacker : IExamplePacker
{
    private const double SingleSegmentProbability = 0.1;
    private const double ShortTargetProbability = 0.05;
    private const int ShortestTarget = 5;

    private readonly TokenCorpus _corpus;
    private readonly ShardVocabulary _vocabulary;
    private readonly int _sequenceLength;
    private readonly long _seed;
    private readonly long[] _examplesBefore;

    /// <summary>A packer over a corpus. Goes once through the line lengths of all documents to count the examples.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="vocabulary">Gives the ids of [CLS], [SEP] and [PAD].</param>
    /// <param name="sequenceLength">The positions of an example, at least 5.</param>
    /// <param name="seed">Decides the target lengths and the segments.</param>
    public SegmentPairPacker(TokenCorpus corpus, ShardVocabulary vocabulary, int sequenceLength, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequenceLength, ShortestTarget);
        (_corpus, _vocabulary, _sequenceLength, _seed) = (corpus, vocabulary, sequenceLength, seed);
        _examplesBefore = new long[corpus.DocumentCount + 1];
        long kept = 0;
        var lines = new List<int>();
        for (int document = 0; document < corpus.DocumentCount; document++)
        {
            corpus.CopyLineLengths(document, lines);
            var walk = new Walk(this, document, CollectionsMarshal.AsSpan(lines));
            long examples = 0;
            for (; walk.MoveNext(); examples++) kept += walk.KeptTokens;
            _examplesBefore[document + 1] = _examplesBefore[document] + examples;
        }

        Report = new PackingReport(corpus.TokenCount, kept, ExampleCount, sequenceLength);
    }

    /// <inheritdoc/>
    public long ExampleCount => _examplesBefore[^1];

    /// <inheritdoc/>
    public bool HasSegments => true;

    /// <inheritdoc/>
    public PackingReport Report { get; }

    /// <inheritdoc/>
    public int Fill(long epoch, long example, Span<long> inputIds, Span<long> tokenTypeIds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(example);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(example, ExampleCount);
        int found = Array.BinarySearch(_examplesBefore, example);
        int document = found >= 0 ? found : ~found - 1;
        var lines = new List<int>();
        _corpus.CopyLineLengths(document, lines);
        var walk = new Walk(this, document, CollectionsMarshal.AsSpan(lines));
        for (long i = _examplesBefore[document]; i <= example; i++) walk.MoveNext();

        (int first, int second) = (walk.FirstLength, walk.SecondLength);
        inputIds.Fill(_vocabulary.PadId);
        inputIds[0] = _vocabulary.ClsId;
        inputIds[first + 1] = _vocabulary.SepId;
        walk.Copy(inputIds.Slice(1, first), inputIds.Slice(first + 2, second));
        int length = first + 2 + (second > 0 ? second + 1 : 0);
        inputIds[length - 1] = _vocabulary.SepId;
        if (tokenTypeIds.Length == 0) return length;
        tokenTypeIds.Clear();
        tokenTypeIds[(first + 2)..length].Fill(1);
        return length;
    }

    /// <summary>
    /// Goes through the examples of one document. Each document has its own random stream, so that any of them can be walked alone;
    /// Google's target length goes on from one document to the next, which has the same distribution.
    /// </summary>
    private ref struct Walk(SegmentPairPacker packer, int document, ReadOnlySpan<int> lines)
    {
        private readonly ReadOnlySpan<int> _lines = lines;
        private SeededRandom _random = new(packer._seed, document);
        private SeededRandom _segmentRandom;
        private int _line;
        private int _exampleLine;
        private int _token;
        private int _exampleToken;
        private int _firstTarget;

        /// <summary>The tokens of the first segment that fit.</summary>
        public int FirstLength { get; private set; }

        /// <summary>The tokens of the second segment that fit.</summary>
        public int SecondLength { get; private set; }

        /// <summary>The tokens of the example's lines that are in it.</summary>
        public readonly int KeptTokens => FirstLength + SecondLength;

        /// <summary>Goes on to the next example; false after the last.</summary>
        public bool MoveNext()
        {
            if (_line == _lines.Length) return false;
            int length = packer._sequenceLength;
            int target = length;
            if (_random.NextDouble() < ShortTargetProbability) target = ShortestTarget + _random.Next(length - ShortestTarget + 1);
            (_exampleLine, _exampleToken) = (_line, _token);
            int gathered = 0;
            while (_line < _lines.Length && gathered < target) gathered += _lines[_line++];
            _token += gathered;

            _firstTarget = _random.NextDouble() < SingleSegmentProbability ? int.MaxValue : (target - 3) / 2;
            // Copying draws the same numbers again.
            _segmentRandom = _random;
            (long first, long second) = Assign(default, default, copy: false);
            FirstLength = (int)Math.Min(first, length - 2);
            SecondLength = (int)Math.Min(second, Math.Max(0, length - FirstLength - 3));
            return true;
        }

        /// <summary>Copies the segments of the current example.</summary>
        public readonly void Copy(Span<long> first, Span<long> second) => Assign(first, second, copy: true);

        /// <summary>
        /// Gives each line to a segment: to the first one if that is empty, or stays below its target, or (half of the time, while
        /// there is no second segment) exceeds it. Returns the lengths of both before they are cut.
        /// </summary>
        private readonly (long First, long Second) Assign(Span<long> first, Span<long> second, bool copy)
        {
            SeededRandom random = _segmentRandom;
            (long firstLength, long secondLength) = (0, 0);
            int token = _exampleToken;
            for (int i = _exampleLine; i < _line; i++)
            {
                int line = _lines[i];
                bool toFirst = firstLength == 0 || firstLength + line < _firstTarget
                    || (secondLength == 0 && firstLength < _firstTarget && random.NextDouble() < 0.5);
                ref long filled = ref toFirst ? ref firstLength : ref secondLength;
                Span<long> segment = toFirst ? first : second;
                int take = copy ? (int)Math.Clamp(segment.Length - filled, 0, line) : 0;
                if (take > 0) packer._corpus.CopyTokens(document, token, segment.Slice((int)filled, take));
                filled += line;
                token += line;
            }

            return (firstLength, secondLength);
        }
    }
}
