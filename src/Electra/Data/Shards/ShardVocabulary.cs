using Electra.Tokenization;

namespace Electra.Data;

/// <summary>What token shards and packers need to know of a vocabulary.</summary>
/// <param name="Hash">The tokenizer's hash over its tokens and the options that change ids: 64 hexadecimal digits.</param>
/// <param name="Size">The number of tokens; every id is below it.</param>
/// <param name="PadId">The id of [PAD].</param>
/// <param name="ClsId">The id of [CLS].</param>
/// <param name="SepId">The id of [SEP].</param>
/// <param name="MaskId">The id of [MASK].</param>
public sealed record ShardVocabulary(string Hash, int Size, int PadId, int ClsId, int SepId, int MaskId)
{
    /// <summary>The vocabulary of a tokenizer.</summary>
    public static ShardVocabulary Of(ElectraTokenizer tokenizer)
    {
        SpecialTokens special = tokenizer.SpecialTokens;
        return new ShardVocabulary(
            tokenizer.VocabularyHash, tokenizer.VocabSize, special.PadId, special.ClsId, special.SepId, special.MaskId);
    }

    /// <summary>Ids that are no text.</summary>
    internal int[] SpecialIds => [PadId, ClsId, SepId, MaskId];

    /// <summary>The bytes that one id takes in a shard: 2 up to 65,536 tokens, else 4.</summary>
    internal int BytesPerToken => Size <= 1 << 16 ? sizeof(ushort) : sizeof(uint);

    /// <summary>Checks the hash's form and that every id lies inside the vocabulary.</summary>
    /// <exception cref="ArgumentException">One of them does not.</exception>
    internal void Validate()
    {
        if (Hash.Length != TokenShardHeader.HashLength || !Hash.All(char.IsAsciiHexDigit))
            throw new ArgumentException($"The vocabulary hash must be {TokenShardHeader.HashLength} hexadecimal digits, but is '{Hash}'.");
        ArgumentOutOfRangeException.ThrowIfLessThan(Size, 1);
        foreach (int id in new[] { PadId, ClsId, SepId, MaskId })
        {
            if (id < 0 || id >= Size)
                throw new ArgumentException($"The special token id {id} lies outside the vocabulary of {Size:N0} tokens.");
        }
    }
}
