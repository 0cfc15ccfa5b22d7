namespace Electra.Tokenization;

/// <summary>Ids of one text without special tokens, and where each comes from.</summary>
internal readonly record struct TracedTokens(List<int> Ids, List<TextSpan> Offsets);
