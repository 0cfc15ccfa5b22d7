namespace Electra.Data;

/// <summary>Appends the ids of a text, without [CLS] and [SEP], to <paramref name="destination"/>. Called from several threads.</summary>
internal delegate void EncodeToIds(ReadOnlySpan<char> text, List<int> destination);
