using CsCheck;
using Electra.Training;

namespace Electra.Tests.Training.Metrics;

public class TagRulesTests
{
    [Theory]
    [InlineData(TagScheme.Iob2, "B-A I-A O B-B B-A", null)]
    [InlineData(TagScheme.Iob2, "O I-A", "'I-A' can't follow 'O'")]
    [InlineData(TagScheme.Iob2, "B-A I-B", "'I-B' can't follow 'B-A'")]
    [InlineData(TagScheme.Iob2, "B-A E-A", "'E-A' is neither O nor B-, I- and a type")]
    [InlineData(TagScheme.Iob2, "O B-", "'B-' is neither O nor")]
    [InlineData(TagScheme.Iob1, "I-A B-A I-A O I-B I-A", null)]
    [InlineData(TagScheme.Iob1, "O B-A", "'B-A' can't follow 'O'")]
    [InlineData(TagScheme.Iob1, "I-B B-A", "'B-A' can't follow 'I-B'")]
    [InlineData(TagScheme.Iobes, "B-A I-A E-A S-B O", null)]
    [InlineData(TagScheme.Iobes, "B-A I-A", "'I-A' can't be the last")]
    [InlineData(TagScheme.Iobes, "B-A O", "'O' can't follow 'B-A'")]
    [InlineData(TagScheme.Iobes, "S-A E-A", "'E-A' can't follow 'S-A'")]
    [InlineData(TagScheme.Iobes, "B-A E-B", "'E-B' can't follow 'B-A'")]
    [InlineData(TagScheme.Conlleval, "I-A E-B X", null)]
    public void The_first_break_is_named(TagScheme scheme, string tags, string? expected)
    {
        (int Index, string Reason)? broken = TagRules.FirstBreak(tags.Split(' '), scheme);
        if (expected is null) Assert.Null(broken);
        else Assert.Contains(expected, broken!.Value.Reason, StringComparison.Ordinal);
    }

    /// <summary>Tags written for chunks keep to their scheme and make the same chunks again; with one tag changed, either they break it or the chunks are others.</summary>
    [Fact]
    public void What_a_scheme_writes_it_reads_and_no_other_sequence_makes_the_same()
    {
        Gen<(int Gap, int Length, int Type)[]> pieces = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[0, 1]).Array[1, 6];
        Gen.Select(pieces, Gen.Enum<TagScheme>().Where(scheme => scheme != TagScheme.Conlleval), Gen.Int[0, 1000], Gen.Int[0, 8]).Sample((chunks, scheme, place, other) =>
        {
            string[] tags = Write(chunks, scheme);
            Assert.Null(TagRules.FirstBreak(tags, scheme));
            List<TagChunk> read = TagChunk.Of(tags, scheme);
            Assert.Equal(chunks.Length, read.Count);
            Assert.Equal(chunks.Select(chunk => (chunk.Length, $"T{chunk.Type}")), read.Select(chunk => (chunk.Last - chunk.First + 1, chunk.Type)));

            string[] names = ["O", "B-T0", "I-T0", "E-T0", "S-T0", "B-T1", "I-T1", "E-T1", "S-T1"];
            string[] changed = [.. tags];
            changed[place % tags.Length] = names[other];
            if (!changed.SequenceEqual(tags) && TagRules.FirstBreak(changed, scheme) is null) Assert.NotEqual(read, TagChunk.Of(changed, scheme));
        });
    }

    private static string[] Write((int Gap, int Length, int Type)[] chunks, TagScheme scheme)
    {
        var tags = new List<string>();
        foreach ((int gap, int length, int type) in chunks)
        {
            bool followsItsType = gap == 0 && tags.Count > 0 && tags[^1].EndsWith($"T{type}", StringComparison.Ordinal);
            tags.AddRange(Enumerable.Repeat("O", gap));
            for (int i = 0; i < length; i++)
            {
                char prefix = scheme switch
                {
                    TagScheme.Iob1 => i == 0 && followsItsType ? 'B' : 'I',
                    TagScheme.Iob2 => i == 0 ? 'B' : 'I',
                    _ => (i == 0, i == length - 1) switch { (true, true) => 'S', (true, _) => 'B', (_, true) => 'E', _ => 'I' },
                };
                tags.Add($"{prefix}-T{type}");
            }
        }

        return [.. tags];
    }
}
