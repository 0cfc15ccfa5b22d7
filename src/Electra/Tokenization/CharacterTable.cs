using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// The whole normalisation of each UTF-16 unit under one set of options, worked out once: what <see cref="BasicTokenizer"/> would do
/// with it wherever that does not depend on its neighbours.
/// </summary>
internal sealed class CharacterTable
{
    public CharacterTable(ElectraTokenizerOptions options)
    {
        var lowered = new List<TracedRune>();
        var normalised = new List<TracedRune>();
        for (int unit = 0; unit <= char.MaxValue; unit++)
        {
            lowered.Clear();
            normalised.Clear();
            if (Rune.TryCreate((char)unit, out Rune rune))
            {
                if (options.Lowercase) CharacterRules.AppendLower(rune, default, lowered);
                else lowered.Add(new(unit, default));
                Kinds[unit] = Classify(rune, lowered, normalised, options);
            }
            else
            {
                Kinds[unit] = CharacterKind.Contextual;
            }

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

    private static CharacterKind Classify(Rune rune, List<TracedRune> lowered, List<TracedRune> normalised, ElectraTokenizerOptions options)
    {
        if (CharacterRules.IsRemoved(rune)) return CharacterKind.Removed;
        if (CharacterRules.IsWhitespace(rune)) return CharacterKind.Space;
        bool isSingle = options.TokenizeChineseCharacters && CharacterRules.IsIdeograph(lowered[0].Value);
        foreach (TracedRune part in lowered)
        {
            if (options.StripsAccents) CanonicalForm.AppendDecomposition(part, normalised);
            else if (CanonicalForm.IsInertUnderComposition(part.Value)) normalised.Add(part);
            else return CharacterKind.Contextual;
        }

        if (options.StripsAccents) normalised.RemoveAll(part => CharacterRules.IsAccent(part.Value));
        if (normalised.Count == 0) return CharacterKind.Removed;
        // a spacing mark with a combining class may change places with its neighbours
        if (normalised.Exists(part => part.Value > char.MaxValue || CanonicalForm.CombiningClass(part.Value) != 0))
            return CharacterKind.Contextual;
        bool hasPunctuation = normalised.Exists(part => CharacterRules.IsPunctuation(new Rune(part.Value)));
        if (normalised.Count == 1) return isSingle || hasPunctuation ? CharacterKind.Single : CharacterKind.Letter;
        return isSingle || hasPunctuation ? CharacterKind.Contextual : CharacterKind.Expanded;
    }
}
