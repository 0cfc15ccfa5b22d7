namespace Electra.Data;

/// <summary>Text that is held out as a whole or not at all: a document, or a part of a long one.</summary>
/// <param name="Rank">Decides which units are held out: the lowest; equal for equal text.</param>
/// <param name="Document">Its first document, counted through all shards; a document in pieces is several.</param>
/// <param name="Documents">How many.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="IsWhole">Whether it is a whole document.</param>
/// <param name="Lines">Its lines, where it is less than a document of the shards.</param>
internal readonly record struct HeldOutUnit(ulong Rank, int Document, int Documents, long Tokens, bool IsWhole, TextPart? Lines = null);
