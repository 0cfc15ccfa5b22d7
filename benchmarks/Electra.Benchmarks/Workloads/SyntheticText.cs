using System.Text;
using Electra.Data;

namespace Electra.Benchmarks.Workloads;

/// <summary>
/// Invented English-looking text for machines without a corpus: 50,000 words of one to four syllables, Zipf-distributed, in sentences with
/// capitals, commas and numbers.
/// </summary>
internal sealed class SyntheticText : IDocumentSource
{
    private const int Words = 50_000;
    private const int Seed = 21;
    private static readonly string[] Onsets = [.. " b c d f g l m n p r s t st tr ch v w th".Split(' ')]; // the first is empty
    private static readonly string[] Rhymes = [.. "a e i o u an er in on es ed al ing ent ou ea y".Split(' ')];
    private readonly long _characters;
    private readonly string[] _words;

    /// <param name="characters">How much text, roughly.</param>
    public SyntheticText(long characters)
    {
        _characters = characters;
        var random = new ZipfWords(Words, Seed);
        _words = [.. Enumerable.Range(0, Words).Select(rank => Word(random, rank))];
    }

    /// <inheritdoc/>
    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default)
    {
        var random = new ZipfWords(Words, Seed);
        for (long left = _characters; left > 0;)
        {
            string[] lines = [.. Enumerable.Range(0, random.NextUniform(3, 12)).Select(_ => Sentence(random))];
            var document = new Document(lines);
            left -= document.CharacterCount;
            yield return document;
        }
    }

    private string Sentence(ZipfWords random)
    {
        var text = new StringBuilder();
        int words = random.NextUniform(6, 40);
        for (int i = 0; i < words; i++)
        {
            string word = random.NextUniform(0, 60) == 0 ? $"{random.NextUniform(1, 3000)}" : _words[random.Next()];
            text.Append(i == 0 || random.NextUniform(0, 25) == 0 ? char.ToUpperInvariant(word[0]) + word[1..] : word);
            text.Append(i == words - 1 ? "." : random.NextUniform(0, 12) == 0 ? ", " : " ");
        }

        return text.ToString();
    }

    // Frequent words are short, as in any language.
    private static string Word(ZipfWords random, int rank)
    {
        int syllables = Math.Min(4, 1 + (int)(Math.Log10(rank + 1) * 0.7) + random.NextUniform(0, 2));
        var word = new StringBuilder();
        for (int i = 0; i < syllables; i++)
            word.Append(Onsets[random.NextUniform(0, Onsets.Length)]).Append(Rhymes[random.NextUniform(0, Rhymes.Length)]);
        return word.ToString();
    }
}
