using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// The whole normalisation of each UTF-16 unit under one set of options, worked out once: what <see cref="BertNormalizer"/> and
/// <see cref="BertPreTokenizer"/> would do with it wherever that does not depend on its neighbours.
/// </summary>
internal sealed class CharacterTable
{
    public CharacterTable(ElectraTokenizerOptions options)
    {
        var parts = new List<TracedRune>();
        var normalised = new List<TracedRune>();
        for (int unit = 0; unit <= char.MaxValue; unit++)
        {
            normalised.Clear();
            Kinds[unit] = Rune.IsValid(unit) ? Classify(unit, parts, normalised, options) : CharacterKind.Contextual;
            if (Kinds[unit] is CharacterKind.Letter or CharacterKind.Single) Mapped[unit] = (char)normalised[0].Value;
            if (Kinds[unit] == CharacterKind.Expanded) Expansions[(char)unit] = string.Concat(normalised.Select(part => (char)part.Value));
            if (unit < AsciiLetters.Length && Kinds[unit] == CharacterKind.Letter) AsciiLetters[unit] = (byte)Mapped[unit];
        }
    }

    /// <summary>By UTF-16 unit.</summary>
    public CharacterKind[] Kinds { get; } = new CharacterKind[char.MaxValue + 1];

    /// <summary>The one unit that a letter or single becomes.</summary>
    public char[] Mapped { get; } = new char[char.MaxValue + 1];

    /// <summary>The units that an expanded one becomes.</summary>
    public Dictionary<char, string> Expansions { get; } = [];

    /// <summary>The unit that an ASCII letter or digit becomes; 0 for other ASCII.</summary>
    public byte[] AsciiLetters { get; } = new byte[128];

    private static CharacterKind Classify(int unit, List<TracedRune> parts, List<TracedRune> normalised, ElectraTokenizerOptions options)
    {
        if (options.CleanText && CharacterRules.IsRemoved(unit)) return CharacterKind.Removed;
        if (CharacterRules.IsWhitespace(unit)) return CharacterKind.Space;
        bool isSingle = options.TokenizeChineseCharacters && CharacterRules.IsIdeograph(unit);
        parts.Clear();
        if (options.StripsAccents) CanonicalForm.AppendDecomposition(new(unit, default), parts);
        else parts.Add(new(unit, default));
        foreach (TracedRune part in parts)
        {
            if (options.StripsAccents && CharacterRules.IsAccent(part.Value)) continue;
            // a mark that stays may change places with its neighbours
            if (options.StripsAccents && CanonicalForm.CombiningClass(part.Value) != 0) return CharacterKind.Contextual;
            if (options.Lowercase) CharacterRules.AppendLower(part, normalised);
            else normalised.Add(part);
        }

        if (normalised.Count == 0) return CharacterKind.Removed;
        if (normalised.Exists(part => part.Value > char.MaxValue)) return CharacterKind.Contextual;
        bool hasPunctuation = normalised.Exists(part => CharacterRules.IsPunctuation(part.Value));
        if (normalised.Count == 1) return isSingle || hasPunctuation ? CharacterKind.Single : CharacterKind.Letter;
        return isSingle || hasPunctuation ? CharacterKind.Contextual : CharacterKind.Expanded;
    }
}
