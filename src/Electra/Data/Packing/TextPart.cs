namespace Electra.Data;

/// <summary>Some consecutive lines of a document.</summary>
/// <param name="Document">The number of the document, counted through all shards.</param>
/// <param name="Line">The first line.</param>
/// <param name="Lines">How many lines.</param>
/// <param name="Token">The first token within the document.</param>
/// <param name="Tokens">How many tokens.</param>
internal readonly record struct TextPart(int Document, int Line, int Lines, int Token, int Tokens);
