namespace Electra.Tokenization;

/// <summary>The tokens that a file's post-processor puts around texts, with their ids where it says them.</summary>
/// <param name="Cls">Opens a sequence.</param>
/// <param name="ClsId">Its id.</param>
/// <param name="Sep">Ends each text.</param>
/// <param name="SepId">Its id.</param>
internal sealed record TokenizerFrame(string Cls, int? ClsId, string Sep, int? SepId);
