namespace Electra.Tokenization;

/// <summary>A word and how the vocabulary spells it.</summary>
/// <param name="Word">The normalised word.</param>
/// <param name="Ids">Its pieces.</param>
/// <param name="Ends">For each piece the index in <paramref name="Word"/> after its last UTF-16 unit.</param>
internal sealed record SpelledWord(string Word, int[] Ids, int[] Ends);
