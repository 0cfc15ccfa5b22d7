using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>
/// Fills a prompt's template with texts and words. The parts are tokenized one by one, so a word's tokens are the same in every text. What is too long
/// is cut off the texts, the longer one first; the template and its words stay whole.
/// </summary>
internal sealed class PromptEncoder
{
    private readonly ElectraTokenizer _tokenizer;
    private readonly (PromptPart.Kinds Kind, int[] Ids)[] _parts;
    private readonly (int[] Ids, WordPlace[] Words)[] _fillings; // of the gap, one a sequence
    private readonly int _room;
    private readonly bool _hasSecond;

    /// <summary>Tokenizes template and words.</summary>
    /// <param name="tokenizer">The encoder's.</param>
    /// <param name="prompt">Valid.</param>
    /// <param name="maxLength">Tokens of the longest sequence.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks a word, two classes have the same one, or there is no room for a text.</exception>
    public PromptEncoder(ElectraTokenizer tokenizer, Prompt prompt, int maxLength)
    {
        _tokenizer = tokenizer;
        PromptTemplate template = PromptTemplate.Parse(prompt.Template);
        _parts = [.. template.Parts.Select(part => (part.Kind, Ids(part.Text)))];
        _hasSecond = template.HasSecond;
        (int Class, string Word)[] words = [.. prompt.Classes.SelectMany((of, index) => of.Words.Select(word => (index, word)))];
        Classes = [.. words.Select(word => word.Class)];
        int[][] ids = [.. words.Select(word => Word(word.Word))];
        for (int i = 0; i < ids.Length; i++)
        {
            int same = Array.FindIndex(ids, other => other.AsSpan().SequenceEqual(ids[i]));
            if (same < i) throw new ArgumentException($"The words '{words[same].Word}' and '{words[i].Word}' are the same to the tokenizer.");
        }

        _fillings = prompt.Scoring == PromptScoring.Joint ? [Together(ids, Ids(prompt.Separator))] : [.. ids.Select(word => (word, new[] { new WordPlace(0, word.Length) }))];
        int taken = 2 + _parts.Sum(part => part.Ids.Length) + _fillings.Max(filling => filling.Ids.Length);
        _room = maxLength - taken;
        if (_room < 1) throw new ArgumentException($"The prompt without its text has {taken} tokens; the longest sequence may have {maxLength}.");
    }

    /// <summary>The class of each word; words are in this order wherever they are scored.</summary>
    public IReadOnlyList<int> Classes { get; }

    /// <summary>Whether a word has several pieces.</summary>
    public bool HasLongWords => _fillings.Any(filling => filling.Words.Any(word => word.Length > 1));

    /// <summary>Sequences of a text: one, or one a word.</summary>
    public int SequencesPerText => _fillings.Length;

    /// <summary>The sequences of texts, those of a text together.</summary>
    /// <exception cref="ArgumentException">There is a second text and no place for it, or the other way round.</exception>
    public TokenSequence[] Encode(IReadOnlyList<(string Text, string? Pair)> texts)
    {
        var sequences = new TokenSequence[texts.Count * SequencesPerText];
        if (texts.Any(text => text.Pair is null == _hasSecond))
        {
            throw new ArgumentException(
                _hasSecond ? "The template has a place for a second text, {1}, and there is none." : "There is a second text, and the template has no place for it: {1}.");
        }

        TextSequences.ForEach(texts.Count, i => Encode(texts[i].Text, texts[i].Pair).CopyTo(sequences, i * SequencesPerText));
        return sequences;
    }

    /// <summary>The scores of each text's words: those of its sequences one after the other.</summary>
    public float[][] ByText(IReadOnlyList<float[]> outputs) => [.. outputs.Chunk(SequencesPerText).Select(rows => rows.SelectMany(row => row).ToArray())];

    private TokenSequence[] Encode(string text, string? pair)
    {
        int[] first = Ids(text), second = pair is null ? [] : Ids(pair);
        (int keptFirst, int keptSecond) = (first.Length, second.Length);
        int over = keptFirst + keptSecond - _room;
        if (over > 0)
        {
            int off = Math.Min(over, Math.Abs(keptFirst - keptSecond)), rest = over - off; // the longer one down to the other, then both
            if (keptFirst > keptSecond) keptFirst -= off;
            else keptSecond -= off;
            (keptFirst, keptSecond) = (keptFirst - ((rest + 1) / 2), keptSecond - (rest / 2));
        }

        return [.. _fillings.Select(filling => Fill(filling, first[..keptFirst], second[..keptSecond]) with { IsCut = over > 0 })];
    }

    private TokenSequence Fill((int[] Ids, WordPlace[] Words) filling, int[] first, int[] second)
    {
        var ids = new List<int> { _tokenizer.SpecialTokens.ClsId };
        int start = 0;
        foreach ((PromptPart.Kinds kind, int[] literal) in _parts)
        {
            if (kind == PromptPart.Kinds.Word) start = ids.Count;
            ids.AddRange(kind switch
            {
                PromptPart.Kinds.First => first,
                PromptPart.Kinds.Second => second,
                PromptPart.Kinds.Word => filling.Ids,
                _ => literal,
            });
        }

        ids.Add(_tokenizer.SpecialTokens.SepId);
        return new TokenSequence([.. ids], ids.Count) { Words = [.. filling.Words.Select(word => word with { Start = start + word.Start })] };
    }

    private static (int[] Ids, WordPlace[] Words) Together(int[][] words, int[] separator)
    {
        var ids = new List<int>();
        var places = new List<WordPlace>();
        foreach (int[] word in words)
        {
            if (places.Count > 0) ids.AddRange(separator);
            places.Add(new WordPlace(ids.Count, word.Length));
            ids.AddRange(word);
        }

        return ([.. ids], [.. places]);
    }

    private int[] Word(string word)
    {
        int[] ids = Ids(word);
        return ids.Length > 0 && !ids.Contains(_tokenizer.SpecialTokens.UnknownId)
            ? ids
            : throw new ArgumentException($"The vocabulary cannot spell the word '{word}'.");
    }

    private int[] Ids(string text) => [.. _tokenizer.EncodeToIds(text)];
}
