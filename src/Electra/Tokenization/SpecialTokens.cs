using System.Collections.Frozen;

namespace Electra.Tokenization;

/// <summary>The five tokens with a meaning of their own, and their ids in one vocabulary.</summary>
public sealed class SpecialTokens
{
    internal SpecialTokens(ElectraTokenizerOptions names, Func<string, int> idOf)
    {
        (Pad, Unknown, Cls, Sep, Mask) = (names.PadToken, names.UnknownToken, names.ClsToken, names.SepToken, names.MaskToken);
        int[] ids = [.. All.Select(idOf)];
        (PadId, UnknownId, ClsId, SepId, MaskId) = (ids[0], ids[1], ids[2], ids[3], ids[4]);
        AllIds = ids.ToFrozenSet();
    }

    /// <summary>Fills short sequences.</summary>
    public string Pad { get; }

    /// <summary>Stands for a word that the vocabulary cannot spell.</summary>
    public string Unknown { get; }

    /// <summary>Opens a sequence.</summary>
    public string Cls { get; }

    /// <summary>Ends each text of a sequence.</summary>
    public string Sep { get; }

    /// <summary>Hides a word from the generator.</summary>
    public string Mask { get; }

    /// <summary>Id of <see cref="Pad"/>.</summary>
    public int PadId { get; }

    /// <summary>Id of <see cref="Unknown"/>.</summary>
    public int UnknownId { get; }

    /// <summary>Id of <see cref="Cls"/>.</summary>
    public int ClsId { get; }

    /// <summary>Id of <see cref="Sep"/>.</summary>
    public int SepId { get; }

    /// <summary>Id of <see cref="Mask"/>.</summary>
    public int MaskId { get; }

    /// <summary>All five, in the order padding, unknown, cls, sep, mask.</summary>
    public IReadOnlyList<string> All => [Pad, Unknown, Cls, Sep, Mask];

    /// <summary>The ids of <see cref="All"/>.</summary>
    public IReadOnlySet<int> AllIds { get; }
}
