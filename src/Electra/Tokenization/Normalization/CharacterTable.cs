using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// The whole normalisation of each UTF-16 unit under one set of options: what <see cref="BertNormalizer"/> and <see cref="BertPreTokenizer"/>
/// would do with it wherever that does not depend on its neighbours. Worked out when a unit is first met. Thread-safe.
/// </summary>
/// <param name="options">How to normalise.</param>
internal sealed class CharacterTable(ElectraTokenizerOptions options)
{
    private const int KindShift = 16;

    // By unit: one more than its kind, then the one unit that a letter or single becomes; 0 where none has asked yet. One number, so that no thread sees half of it.
    private readonly uint[] _entries = new uint[char.MaxValue + 1];

    private readonly ConcurrentDictionary<char, string> _expansions = new();

    /// <summary>What becomes of a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="becomes">The one unit that a letter or single becomes; 0 for other kinds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CharacterKind Find(char unit, out char becomes)
    {
        uint entry = _entries[unit];
        if (entry == 0) _entries[unit] = entry = WorkOut(unit);
        becomes = (char)entry;
        return (CharacterKind)((entry >> KindShift) - 1);
    }

    /// <summary>The units that an expanded one becomes.</summary>
    public string Expand(char unit) => _expansions.GetOrAdd(unit, static (unit, options) =>
    {
        var normalised = new List<TracedRune>();
        _ = Classify(unit, normalised, options);
        return string.Concat(normalised.Select(part => (char)part.Value));
    }, options);

    /// <summary>The unit that each ASCII letter or digit becomes; 0 for other ASCII.</summary>
    public byte[] AsciiLetters()
    {
        byte[] letters = new byte[128];
        for (int unit = 0; unit < letters.Length; unit++)
        {
            if (Find((char)unit, out char becomes) == CharacterKind.Letter) letters[unit] = (byte)becomes;
        }

        return letters;
    }

    private uint WorkOut(char unit)
    {
        var normalised = new List<TracedRune>();
        CharacterKind kind = Rune.IsValid(unit) ? Classify(unit, normalised, options) : CharacterKind.Contextual;
        uint becomes = kind is CharacterKind.Letter or CharacterKind.Single ? (uint)normalised[0].Value : 0;
        return (((uint)kind + 1) << KindShift) | becomes;
    }

    private static CharacterKind Classify(int unit, List<TracedRune> normalised, ElectraTokenizerOptions options)
    {
        if (options.CleanText && CharacterRules.IsRemoved(unit)) return CharacterKind.Removed;
        if (CharacterRules.IsWhitespace(unit)) return CharacterKind.Space;
        bool isSingle = options.TokenizeChineseCharacters && CharacterRules.IsIdeograph(unit);
        var parts = new List<TracedRune>();
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
