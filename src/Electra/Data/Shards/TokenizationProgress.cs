namespace Electra.Data;

/// <summary>How far the writing of token shards has come.</summary>
/// <param name="Documents">The documents written; one in pieces counts once.</param>
/// <param name="Characters">The UTF-16 characters tokenized.</param>
/// <param name="Tokens">The token ids written.</param>
/// <param name="Malformed">The records skipped so far because they could not be read.</param>
public readonly record struct TokenizationProgress(long Documents, long Characters, long Tokens, long Malformed);
