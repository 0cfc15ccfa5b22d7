namespace Electra.Tokenization;

/// <summary>What a learned vocabulary makes of the text that it was learned from.</summary>
/// <param name="Alphabet">Different characters that it holds.</param>
/// <param name="DistinctCharacters">Different characters of the text.</param>
/// <param name="LostCharacters">Share of the text's characters that it does not hold.</param>
/// <param name="UnknownWords">Share of the text's words with such a character, which become [UNK].</param>
public sealed record VocabularyReport(int Alphabet, int DistinctCharacters, double LostCharacters, double UnknownWords);
