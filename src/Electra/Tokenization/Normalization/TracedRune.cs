namespace Electra.Tokenization;

/// <summary>A code point of normalised text and the stretch of the original text that it came from.</summary>
internal readonly record struct TracedRune(int Value, TextSpan Span);
