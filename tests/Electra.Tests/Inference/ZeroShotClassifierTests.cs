using Electra.Checkpoints;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Inference;

/// <summary>Prompts, from template to class, on a discriminator of random weights.</summary>
public sealed class ZeroShotClassifierTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public ZeroShotClassifierTests() => model = TinyEncoder.Write(folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_prompt_is_three_lines()
    {
        using var classifier = ZeroShotClassifier.FromPretrained(model, Prompt.Of("It was {}.", "good", "bad"));
        TextClassification result = classifier.Predict("the film");
        Assert.Contains(result.Label, new[] { "good", "bad" });
        Assert.Equal(1, result.Scores.Sum(score => score.Score), 1e-9);
    }

    [Theory]
    [InlineData("it {0} {}")]
    [InlineData("{0} it was very {word} .")]
    [InlineData("{} : {0}")]
    public void The_word_is_judged_where_it_stands(string template)
    {
        // by the model itself, one sequence at a time
        using ElectraForPreTraining discriminator = ElectraForPreTraining.FromPretrained(model);
        using var classifier = ZeroShotClassifier.FromPretrained(model, Prompt.Of(template, "good", "books"));
        float[] words = classifier.WordLogits([("the song", null)])[0];
        foreach ((int i, string word) in new[] { "good", "books" }.Index())
        {
            string text = template.Replace("{0}", "the song", StringComparison.Ordinal).Replace("{word}", word, StringComparison.Ordinal).Replace("{}", word, StringComparison.Ordinal);
            IReadOnlyList<int> ids = TinyEncoder.Tokenizer.EncodeToIds(text), own = TinyEncoder.Tokenizer.EncodeToIds(word);
            int start = Enumerable.Range(0, ids.Count).First(at => ids.Skip(at).Take(own.Count).SequenceEqual(own));
            long[] framed = [TinyEncoder.Tokenizer.SpecialTokens.ClsId, .. ids.Select(id => (long)id), TinyEncoder.Tokenizer.SpecialTokens.SepId];
            using var scope = NewDisposeScope();
            float[] logits = discriminator.forward(tensor(framed, [1, framed.Length])).data<float>().ToArray();
            Assert.Equal(logits.Skip(start + 1).Take(own.Count).Average(), words[i], 1e-5f);
        }
    }

    [Fact]
    public void Words_in_one_sequence_are_judged_together()
    {
        using ElectraForPreTraining discriminator = ElectraForPreTraining.FromPretrained(model);
        Prompt prompt = Prompt.Of("{0} was {} .", "good", "books", "poor") with { Scoring = PromptScoring.Joint, Separator = " , " };
        using var classifier = ZeroShotClassifier.FromPretrained(model, prompt);
        IReadOnlyList<int> ids = TinyEncoder.Tokenizer.EncodeToIds("the song was good , books , poor ."); // "books" is two pieces
        long[] framed = [TinyEncoder.Tokenizer.SpecialTokens.ClsId, .. ids.Select(id => (long)id), TinyEncoder.Tokenizer.SpecialTokens.SepId];
        using var scope = NewDisposeScope();
        float[] logits = discriminator.forward(tensor(framed, [1, framed.Length])).data<float>().ToArray();
        float[] words = classifier.WordLogits([("the song", null)])[0];
        Assert.Equal([logits[4], (logits[6] + logits[7]) / 2, logits[9]], words, new Near(1e-5f));
        double[] negated = [.. words.Select(logit => Math.Exp(-logit))];
        Assert.Equal(negated[1] / negated.Sum(), classifier.Predict("the song").Scores.Single(score => score.Label == "books").Score, 1e-6);
    }

    [Fact]
    public void Pieces_may_be_averaged_before_the_head()
    {
        Prompt prompt = Prompt.Of("{0} was {} .", "good", "books");
        using var logits = ZeroShotClassifier.FromPretrained(model, prompt);
        using var hidden = ZeroShotClassifier.FromPretrained(model, prompt with { PieceAverage = PieceAverage.HiddenStates });
        float[] one = logits.WordLogits([("the song", null)])[0], other = hidden.WordLogits([("the song", null)])[0];
        Assert.Equal(one[0], other[0], 1e-5f); // one piece: the same
        Assert.True(Math.Abs(one[1] - other[1]) > 1e-4); // two: the head is not linear
    }

    [Fact]
    public void An_empty_text_says_nothing_once_it_is_calibrated()
    {
        foreach (PromptScoring scoring in Enum.GetValues<PromptScoring>())
        {
            Prompt prompt = Prompt.Of("{0} was {}", "good", "bad", "fine") with { Scoring = scoring, Calibrate = true };
            using var classifier = ZeroShotClassifier.FromPretrained(model, prompt);
            Assert.All(classifier.Predict("").Scores, score => Assert.Equal(1 / 3.0, score.Score, 1e-5));
        }
    }

    [Fact]
    public void Several_words_of_a_class_count_by_their_mean()
    {
        var prompt = new Prompt("{0} was {}", [new PromptClass("yes", ["good", "fine"]), new PromptClass("no", ["bad"])]);
        using var classifier = ZeroShotClassifier.FromPretrained(model, prompt);
        float[] words = classifier.WordLogits([("the song", null)])[0];
        double yes = Math.Exp(-(words[0] + words[1]) / 2), no = Math.Exp(-words[2]);
        Assert.Equal(yes / (yes + no), classifier.Predict("the song").Scores.Single(score => score.Label == "yes").Score, 1e-6);
    }

    [Fact]
    public void Long_texts_are_cut_and_the_template_stays()
    {
        string[] words = ["good", "bad"];
        using var classifier = ZeroShotClassifier.FromPretrained(model, Prompt.Of("{0} ? it was {} , {1} .", words));
        string longer = string.Join(' ', Enumerable.Repeat("song", 60)), shorter = "the film", kept = string.Join(' ', Enumerable.Repeat("song", 32 - 2 - 5 - 2 - 1));
        TextClassification cut = classifier.Predict(longer, shorter), whole = classifier.Predict(kept, shorter);
        Assert.True(cut.IsTruncated);
        Assert.False(whole.IsTruncated);
        Assert.Equal(whole.Scores, cut.Scores);
    }

    [Fact]
    public void A_batch_gives_what_its_texts_give_alone()
    {
        string[] texts = [.. TinyEncoder.Sentences(40, seed: 4).Examples.Select(example => example.Text), ""];
        using var classifier = ZeroShotClassifier.FromPretrained(model, Prompt.Of("It was {}.", "good", "bad"), new InferenceOptions { PositionsPerPass = 100 });
        IReadOnlyList<TextClassification> batch = classifier.Predict(texts);
        for (int i = 0; i < texts.Length; i++) Assert.Equal(classifier.Predict(texts[i]).Score, batch[i].Score, 5);
        Assert.Equal(batch.Select(result => result.Label), classifier.PredictAll(texts).Select(result => result.Label));
        Assert.Empty(classifier.Predict(Array.Empty<string>()));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => classifier.Predict(texts, cancellationToken: cancelled.Token));
    }

    [Theory]
    [InlineData("It was good.", "no gap")]
    [InlineData("{} and {}", "twice")]
    [InlineData("{0} {0} {}", "twice")]
    [InlineData("{2} {}", "means nothing")]
    [InlineData("{ {}", "means nothing")]
    [InlineData("{} }", "means nothing")]
    [InlineData(" ", "")]
    public void A_bad_template_is_refused(string template, string why) =>
        Assert.Contains(why, Assert.ThrowsAny<ArgumentException>(() => Prompt.Of(template, "good", "bad")).Message, StringComparison.Ordinal);

    [Fact]
    public void Bad_words_and_texts_are_refused()
    {
        Refused("two classes", () => Prompt.Of("{}", "good"));
        Refused("two classes 'good'", () => Prompt.Of("{}", "good", "good"));
        Refused("needs a word", () => new Prompt("{}", [new PromptClass("a", []), new PromptClass("b", ["good"])]).Validate());
        Refused("cannot spell the word 'zebra'", () => ZeroShotClassifier.FromPretrained(model, Prompt.Of("{}", "good", "zebra")));
        Refused("the same to the tokenizer", () => ZeroShotClassifier.FromPretrained(model, Prompt.Of("{}", "good", "Good")));
        Refused("31 tokens", () => ZeroShotClassifier.FromPretrained(model, Prompt.Of(string.Concat(Enumerable.Repeat("so ", 28)) + "{}", "good", "bad"), new InferenceOptions { MaxLength = 30 }));
        Refused("not fine-tuned for a prompt", () => ZeroShotClassifier.FromPretrained(model));
        using var single = ZeroShotClassifier.FromPretrained(model, Prompt.Of("{}", "good", "bad", "fine"));
        Refused("no place for it", () => single.Predict("a", "b"));
        Assert.Throws<InvalidOperationException>(() => single.Between("a"));
        using var pairs = ZeroShotClassifier.FromPretrained(model, Prompt.Of("{0} {} {1}", "good", "bad"));
        Refused("there is none", () => pairs.Predict("a"));

        static void Refused(string why, Func<object> act) => Assert.Contains(why, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_is_saved_and_read()
    {
        string path = folder.File("prompt.json");
        var prompt = new Prompt("{0} was {}", [new PromptClass("yes", ["good", "fine"]), new PromptClass("no", ["bad"])]) { Scoring = PromptScoring.Joint, Calibrate = true };
        prompt.Save(path);
        Prompt read = Prompt.Load(path);
        Assert.Equal(prompt.ToJson(), read.ToJson());
        Assert.Equal((PromptScoring.Joint, true, "fine"), (read.Scoring, read.Calibrate, read.Classes[0].Words[1]));
        File.WriteAllText(path, """{"Template": "{}", "Classes": [], "Scorng": "Joint"}""");
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Prompt.Load(path)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(() => Prompt.Load(folder.File("nowhere")));
    }

    private sealed class Near(float tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float one, float other) => Math.Abs(one - other) <= tolerance;

        public int GetHashCode(float value) => 0;
    }
}
