using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class VocabularyExtensionTests
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "heart", "myo", "##card", "##itis", "##ium", "the", "-", "a"];

    [Fact]
    public void Words_become_tokens_after_all_others_and_every_word_is_accounted_for()
    {
        var tokenizer = new ElectraTokenizer(Vocabulary);
        VocabularyExtension extension = tokenizer.WithWords(["Myocarditis", "heart", "myocarditis", "déjà", "heart-a", "", "the a", "myocardium", "[MASK]"]);
        Assert.Equal(["myocarditis", "myocardium"], extension.Words);
        Assert.Equal("6 7 8; 6 7 9", string.Join("; ", extension.Pieces.Select(pieces => string.Join(' ', pieces))));
        Assert.Equal(["heart"], extension.Known);
        Assert.Equal(["deja"], extension.Unspellable);
        Assert.Equal(["heart-a", "", "the a", "[MASK]"], extension.NotWords);
        Assert.Equal((13, 15), (extension.FirstId, extension.Tokenizer.VocabSize));
        Assert.Equal([10, 13, 6, 7], extension.Tokenizer.EncodeToIds("the MYOCARDITIS myocard"));
        Assert.Equal(Vocabulary, extension.Tokenizer.Vocabulary.Take(13));
        Assert.Same(tokenizer, tokenizer.WithWords(["heart"]).Tokenizer);
    }

    [Fact]
    public void An_extended_tokenizer_is_read_back_as_it_was_and_added_tokens_keep_their_ids()
    {
        using TemporaryFolder folder = new();
        var tokenizer = new ElectraTokenizer(Vocabulary, new ElectraTokenizerOptions { AddedTokens = [new AddedToken { Content = "<drug>" }] });
        ElectraTokenizer extended = tokenizer.WithWords(["myocarditis"]).Tokenizer;
        extended.SavePretrained(folder.FullPath);
        ElectraTokenizer read = ElectraTokenizer.FromPretrained(folder.FullPath);
        Assert.Equal([13, 14, 13], read.EncodeToIds("<drug> myocarditis<drug>"));
        Assert.Equal(extended.VocabularyHash, read.VocabularyHash);
        Assert.Equal([.. Vocabulary, "<drug>", "myocarditis"], File.ReadAllLines(folder.File("vocab.txt")));
    }

    [Fact]
    public void The_words_found_are_those_whose_pieces_take_most_places()
    {
        var finder = new ExtraWordFinder(new ElectraTokenizer(Vocabulary), minimumFrequency: 2);
        for (int i = 0; i < 3; i++) finder.Add("The myocard, the heart: myocarditis-a");
        finder.Add("myocard myocard myocardium unknown unknown unknown");
        Assert.Equal(["myocarditis", "myocard"], finder.Find(9)); // 3 x 2 places, 5 x 1; the rest once, whole or unknown
        Assert.Equal(["myocarditis"], finder.Find(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExtraWordFinder(new ElectraTokenizer(Vocabulary), 0));
    }
}
