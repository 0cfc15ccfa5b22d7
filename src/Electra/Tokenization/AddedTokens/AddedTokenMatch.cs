namespace Electra.Tokenization;

/// <summary>An added token found in a text, with the whitespace that it takes with it.</summary>
internal readonly record struct AddedTokenMatch(int Id, int Start, int End);
