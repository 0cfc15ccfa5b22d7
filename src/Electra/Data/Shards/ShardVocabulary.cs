using System.Collections;
using System.Text.Json.Serialization;
using Electra.Tokenization;

namespace Electra.Data;

/// <summary>What token shards and packers need to know of a vocabulary.</summary>
/// <param name="Hash">The tokenizer's hash over its tokens and the options that change ids: 64 hexadecimal digits.</param>
/// <param name="Size">The number of tokens; every id is below it.</param>
/// <param name="PadId">The id of [PAD].</param>
/// <param name="ClsId">The id of [CLS].</param>
/// <param name="SepId">The id of [SEP].</param>
/// <param name="MaskId">The id of [MASK].</param>
/// <param name="Continuations">
/// Which tokens continue a word, as <c>##ing</c>: one bit an id, the lowest of a byte first, in base64; null where an earlier version wrote the shards.
/// </param>
public sealed record ShardVocabulary(
    string Hash,
    int Size,
    int PadId,
    int ClsId,
    int SepId,
    int MaskId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Continuations = null)
{
    /// <summary>The vocabulary of a tokenizer.</summary>
    public static ShardVocabulary Of(ElectraTokenizer tokenizer)
    {
        SpecialTokens special = tokenizer.SpecialTokens;
        return new ShardVocabulary(
            tokenizer.VocabularyHash, tokenizer.VocabSize, special.PadId, special.ClsId, special.SepId, special.MaskId, Pack(tokenizer.ContinuesWord()));
    }

    /// <summary>For each id whether it continues a word; null where the shards don't say.</summary>
    internal bool[]? ContinuesWord() => Continuations is null ? null : [.. new BitArray(Convert.FromBase64String(Continuations)).Cast<bool>().Take(Size)];

    private static string Pack(bool[] continues)
    {
        byte[] bits = new byte[(continues.Length + 7) / 8];
        new BitArray(continues).CopyTo(bits, 0);
        return Convert.ToBase64String(bits);
    }

    /// <summary>Ids that are no text.</summary>
    internal int[] SpecialIds => [PadId, ClsId, SepId, MaskId];

    /// <summary>The bytes that one id takes in a shard: 2 up to 65,536 tokens, else 4.</summary>
    internal int BytesPerToken => Size <= 1 << 16 ? sizeof(ushort) : sizeof(uint);

    /// <summary>Checks the hash's form, that every id lies inside the vocabulary, and that there is a bit for each.</summary>
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

        if (Continuations is not null && (Continuations.Length > Base64Length(Size) || !IsBitAnId(Continuations)))
            throw new ArgumentException($"The list of tokens that continue a word is no base64 of a bit for each of {Size:N0} tokens.");
    }

    private bool IsBitAnId(string bits) =>
        Convert.TryFromBase64String(bits, new byte[((Size + 7) / 8) + 2], out int bytes) && bytes == (Size + 7) / 8;

    private static long Base64Length(long bits) => ((((bits + 7) / 8) + 2) / 3) * 4;
}
