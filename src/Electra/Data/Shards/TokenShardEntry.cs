namespace Electra.Data;

/// <summary>One shard in a <see cref="TokenShardManifest"/>.</summary>
/// <param name="File">The file's name inside the folder.</param>
/// <param name="Documents">Its documents, and pieces of documents.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Tokens">Its token ids.</param>
public sealed record TokenShardEntry(string File, int Documents, long Lines, long Tokens);
