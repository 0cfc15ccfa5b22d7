using System.Diagnostics;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Pretraining;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Onnx;

/// <summary>Predictors on ONNX Runtime say what those on libtorch say of the same folder, and do without libtorch.</summary>
public sealed class OnnxPredictorTests : IDisposable
{
    private const int Digits = 4;

    private static readonly string[] Texts =
        ["the film was good .", "so", "", "the book is very poor , ada .", "who lives in paris ?", string.Concat(Enumerable.Repeat("a play was very fine . ", 20))];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("multi_label_classification")]
    public void A_classifier(string? problem)
    {
        string folder = Write<ElectraForSequenceClassification>(config => config.WithLabels(3) with { ProblemType = problem });
        using TextClassifier own = TextClassifier.FromPretrained(folder), onnx = TextClassifier.FromOnnx(folder, new() { PositionsPerPass = 60, Threads = 1 });
        Assert.Equal(own.Labels, onnx.Labels);
        AssertSameTexts(own.Predict(Texts), onnx.Predict(Texts));
        AssertSameTexts(own.Predict(Texts, [.. Texts.Reverse()]), onnx.Predict(Texts, [.. Texts.Reverse()]));
        Assert.Empty(onnx.Predict(Array.Empty<string>()));
    }

    [Fact]
    public void A_regressor_and_a_reranker()
    {
        string numbers = Write<ElectraForSequenceClassification>(config => config.WithLabels(1) with { ProblemType = "regression" });
        using TextRegressor regressor = TextRegressor.FromPretrained(numbers), onnxRegressor = TextRegressor.FromOnnx(numbers);
        foreach ((double one, double other) in regressor.Predict(Texts).Zip(onnxRegressor.Predict(Texts))) Assert.Equal(one, other, Digits);
        Assert.Contains("regression", Assert.Throws<InvalidDataException>(() => CrossEncoder.FromOnnx(numbers)).Message, StringComparison.Ordinal);

        string pairs = Write<ElectraForSequenceClassification>(config => config.WithLabels(1));
        using CrossEncoder encoder = CrossEncoder.FromPretrained(pairs), onnxEncoder = CrossEncoder.FromOnnx(pairs);
        IReadOnlyList<RankedPassage> expected = encoder.Rank("who is ada ?", Texts), got = onnxEncoder.Rank("who is ada ?", Texts);
        Assert.Equal(expected.Select(passage => (passage.Index, passage.IsCut)), got.Select(passage => (passage.Index, passage.IsCut)));
        foreach ((RankedPassage one, RankedPassage other) in expected.Zip(got)) Assert.Equal(one.Score, other.Score, Digits);
    }

    [Fact]
    public void A_tagger()
    {
        string folder = Write<ElectraForTokenClassification>(config => config with { Id2Label = new Dictionary<int, string> { [0] = "O", [1] = "B-PER", [2] = "I-PER" } });
        using TokenClassifier own = TokenClassifier.FromPretrained(folder), onnx = TokenClassifier.FromOnnx(folder);
        IReadOnlyList<TextEntity>[] expected = [.. own.Predict(Texts)], got = [.. onnx.Predict(Texts)];
        Assert.NotEmpty(expected.SelectMany(entities => entities));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Select(entity => (entity.Type, entity.Text, entity.Start)), got[i].Select(entity => (entity.Type, entity.Text, entity.Start)));
            foreach ((TextEntity one, TextEntity other) in expected[i].Zip(got[i])) Assert.Equal(one.Score, other.Score, Digits);
        }
    }

    [Fact]
    public void An_answerer_and_a_chooser()
    {
        string answers = Write<ElectraForQuestionAnswering>(config => config);
        using QuestionAnswerer own = QuestionAnswerer.FromPretrained(answers), onnx = QuestionAnswerer.FromOnnx(answers);
        QuestionAnswer expected = own.Predict("who lives in paris ?", Texts[^1]), got = onnx.Predict("who lives in paris ?", Texts[^1]);
        Assert.Equal(expected.Answers.Select(answer => (answer.Text, answer.Start)).Take(3), got.Answers.Select(answer => (answer.Text, answer.Start)).Take(3));
        Assert.Equal(expected.NoAnswerScore, got.NoAnswerScore, Digits);

        string choices = Write<ElectraForMultipleChoice>(config => config);
        using MultipleChoice chooser = MultipleChoice.FromPretrained(choices), onnxChooser = MultipleChoice.FromOnnx(choices);
        foreach ((double one, double other) in chooser.Predict("who ?", Texts).Zip(onnxChooser.Predict("who ?", Texts))) Assert.Equal(one, other, Digits);
    }

    [Theory]
    [InlineData(PromptScoring.Logit, false)]
    [InlineData(PromptScoring.Probability, true)]
    [InlineData(PromptScoring.Joint, false)]
    [InlineData(PromptScoring.Joint, true)]
    public void A_classifier_without_labels(PromptScoring scoring, bool calibrate)
    {
        string folder = Write<ElectraForPreTraining>(config => config);
        var prompt = new Prompt("{0} it was {} .", [new PromptClass("yes", ["good", "fine"]), new PromptClass("no", ["books"])]) { Scoring = scoring, Calibrate = calibrate };
        using ZeroShotClassifier own = ZeroShotClassifier.FromPretrained(folder, prompt), onnx = ZeroShotClassifier.FromOnnx(folder, prompt, new() { PositionsPerPass = 60 });
        float[][] expected = own.WordLogits([.. Texts.Select(text => (text, (string?)null))]), got = onnx.WordLogits([.. Texts.Select(text => (text, (string?)null))]);
        Assert.True(expected.SelectMany(logits => logits).Max() - expected.SelectMany(logits => logits).Min() > 0.1);
        for (int i = 0; i < Texts.Length; i++) Assert.Equal(expected[i], got[i], (one, other) => Math.Abs(one - other) < 1e-4);
        AssertSameTexts(own.Predict(Texts), onnx.Predict(Texts));
        Assert.Equal(own.Between(Texts[0]), onnx.Between(Texts[0]), Digits);

        Prompt ofPairs = prompt with { Template = "{0} ? {} , {1}" };
        using ZeroShotClassifier ownPairs = ZeroShotClassifier.FromPretrained(folder, ofPairs), onnxPairs = ZeroShotClassifier.FromOnnx(folder, ofPairs);
        AssertSameTexts(ownPairs.Predict(Texts, Texts), onnxPairs.Predict(Texts, Texts));
    }

    [Fact]
    public void Prompts_go_with_the_folder_and_what_the_file_cannot_tell_is_refused()
    {
        string folder = Write<ElectraForPreTraining>(config => config), target = _folder.File("target");
        Prompt prompt = Prompt.Of("{0} was {}", "good", "poor") with { PieceAverage = PieceAverage.HiddenStates };
        prompt.Save(Path.Combine(folder, Prompt.FileName));
        OnnxExporter.Convert(folder, target);
        using (ZeroShotClassifier own = ZeroShotClassifier.FromPretrained(folder), onnx = ZeroShotClassifier.FromOnnx(target)) AssertSameTexts(own.Predict(Texts), onnx.Predict(Texts)); // words of one piece
        Refused<ArgumentException>("no hidden states", () => ZeroShotClassifier.FromOnnx(target, Prompt.Of("{}", "good", "books") with { PieceAverage = PieceAverage.HiddenStates }));
        Refused<ArgumentException>("cannot spell the word 'zebra'", () => ZeroShotClassifier.FromOnnx(target, Prompt.Of("{}", "good", "zebra")));
        string classes = Write<ElectraForSequenceClassification>(config => config.WithLabels(3)), tags = Write<ElectraForTokenClassification>(config => config.WithLabels(3));
        Refused<ArgumentException>("prompt.json", () => ZeroShotClassifier.FromOnnx(classes));
        Refused<InvalidDataException>("not of tokens", () => ZeroShotClassifier.FromOnnx(classes, prompt));
        Refused<InvalidDataException>("no model for replaced token detection", () => OnnxDiscriminatorScorer.FromOnnx(tags));

        static void Refused<TError>(string why, Func<IDisposable> load)
            where TError : Exception => Assert.Contains(why, Assert.Throws<TError>(load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_discriminator()
    {
        string folder = Write<ElectraForPreTraining>(config => config);
        using ElectraForPreTraining model = ElectraForPreTraining.FromPretrained(folder);
        using OnnxDiscriminatorScorer onnx = OnnxDiscriminatorScorer.FromOnnx(folder, new() { PositionsPerPass = 60 });
        int[][] sequences = [.. Texts[..5].Select(text => onnx.Tokenizer.EncodeToIds(text).ToArray())];
        var own = new DiscriminatorScorer(model, onnx.Tokenizer.SpecialTokens.ClsId, onnx.Tokenizer.SpecialTokens.SepId);
        Assert.Equal(own.MaximumTokens, onnx.MaximumTokens);
        foreach ((float[] one, float[] other) in own.Score(sequences).Zip(onnx.Score(sequences))) Assert.Equal(one, other, (a, b) => Math.Abs(a - b) < 1e-4);
        foreach ((double one, double other) in new SentenceDetectionScorer(own.Score).Sum(sequences).Zip(new SentenceDetectionScorer(onnx.Score).Sum(sequences))) Assert.Equal(one, other, 3);
        Assert.Contains("reads at most", Assert.Throws<ArgumentException>(() => onnx.Score([new int[onnx.MaximumTokens + 1]])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EmbeddingPooling.Mean, true, null)]
    [InlineData(EmbeddingPooling.Cls, false, 1)]
    [InlineData(EmbeddingPooling.FirstLast, false, null)]
    [InlineData(EmbeddingPooling.Mean, false, 0)]
    public void An_embedder_by_each_way_of_pooling(EmbeddingPooling pooling, bool normalize, int? layer)
    {
        string encoder = TinyEncoder.Write(_folder), folder = _folder.File("vectors");
        EmbeddingOptions wanted = new() { Pooling = pooling, Normalize = normalize, Layer = layer };
        using TextEmbedder own = TextEmbedder.FromPretrained(encoder, wanted, new() { MaxLength = 20 });
        own.SaveOnnx(folder);
        using TextEmbedder onnx = TextEmbedder.FromOnnx(folder);
        Assert.Equal(own.Options, onnx.Options);
        Assert.Equal(own.Dimensions, onnx.Dimensions);
        Assert.Equal([-1, own.Dimensions], Dimensions(folder)); // its length is known before it runs
        foreach ((float[] one, float[] other) in own.Embed(Texts).Zip(onnx.Embed(Texts)))
        {
            Assert.Equal(one.Length, other.Length);
            for (int i = 0; i < one.Length; i++) Assert.Equal(one[i], other[i], 1e-4f);
        }

        Assert.Contains("copy the folder", Assert.Throws<InvalidOperationException>(() => onnx.Save(_folder.File("again"))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => onnx.SaveOnnx(_folder.File("again")));
    }

    [Fact]
    public void Folders_are_converted_by_their_class()
    {
        string encoder = TinyEncoder.Write(_folder), vectors = _folder.File("vectors"), target = _folder.File("target");
        OnnxExporter.Convert(encoder, target);
        Assert.Contains("no model for classification", Assert.Throws<InvalidDataException>(() => TextClassifier.FromOnnx(target)).Message, StringComparison.Ordinal);
        Assert.Contains("sentence_embedding", Assert.Throws<InvalidDataException>(() => TextEmbedder.FromOnnx(target)).Message, StringComparison.Ordinal);
        using (TextEmbedder own = TextEmbedder.FromPretrained(encoder)) own.Save(vectors);
        OnnxExporter.Convert(vectors, target, new() { Weights = OnnxWeights.Int8 });
        using TextEmbedder onnx = TextEmbedder.FromOnnx(target);
        Assert.Equal(EmbeddingPooling.Mean, onnx.Options.Pooling);

        Assert.ThrowsAny<IOException>(() => TextClassifier.FromOnnx(encoder));
        File.WriteAllText(Path.Combine(target, "model.onnx"), "no model");
        Assert.Contains("model.onnx", Assert.Throws<InvalidDataException>(() => TextEmbedder.FromOnnx(target)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(encoder, "config.json"), File.ReadAllText(Path.Combine(encoder, "config.json")).Replace("ElectraForPreTraining", "BertModel", StringComparison.Ordinal));
        Assert.Contains("BertModel", Assert.Throws<InvalidDataException>(() => OnnxExporter.Convert(encoder, target)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_process_with_all_of_them_does_not_load_libtorch()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "reads the modules of a process as Linux lists them");
        string[] folders =
        [
            Write<ElectraForSequenceClassification>(config => config.WithLabels(2)), Write<ElectraForSequenceClassification>(config => config.WithLabels(1)),
            Write<ElectraForTokenClassification>(config => config.WithLabels(3)), Write<ElectraForQuestionAnswering>(config => config),
            Write<ElectraForMultipleChoice>(config => config), Write<ElectraForPreTraining>(config => config), _folder.File("vectors"),
        ];
        using (TextEmbedder own = TextEmbedder.FromPretrained(TinyEncoder.Write(_folder))) own.SaveOnnx(folders[^1]);
        string[] lines = ChildProgram.Run(UseAll, string.Join(';', folders), ChildProgram.Bare);
        Assert.Equal("modules", lines[0]);
        Assert.Contains(lines, module => module.Contains("libonnxruntime", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, module => module.Contains("torch", StringComparison.OrdinalIgnoreCase) && !module.EndsWith(".dll", StringComparison.Ordinal));
    }

    private static void UseAll(string argument)
    {
        string[] folders = argument.Split(';');
        using (TextClassifier of = TextClassifier.FromOnnx(folders[0])) of.Predict(Texts, Texts);
        using (TextRegressor of = TextRegressor.FromOnnx(folders[1])) of.Predict(Texts);
        using (CrossEncoder of = CrossEncoder.FromOnnx(folders[1])) of.Rank("who ?", Texts);
        using (TokenClassifier of = TokenClassifier.FromOnnx(folders[2])) of.Predict(Texts);
        using (QuestionAnswerer of = QuestionAnswerer.FromOnnx(folders[3])) of.Predict("who ?", Texts[0]);
        using (MultipleChoice of = MultipleChoice.FromOnnx(folders[4])) of.Predict("who ?", Texts);
        using (ZeroShotClassifier of = ZeroShotClassifier.FromOnnx(folders[5], Prompt.Of("{}", "good", "bad") with { Calibrate = true })) of.Predict(Texts);
        using (OnnxDiscriminatorScorer of = OnnxDiscriminatorScorer.FromOnnx(folders[5])) new SentenceDetectionScorer(of.Score).Sum([[.. of.Tokenizer.EncodeToIds(Texts[0])]]);
        using (TextEmbedder of = TextEmbedder.FromOnnx(folders[6])) of.Embed(Texts);
        Console.WriteLine("modules");
        foreach (ProcessModule module in Process.GetCurrentProcess().Modules) Console.WriteLine(module.FileName);
    }

    private static void AssertSameTexts(IReadOnlyList<TextClassification> expected, IReadOnlyList<TextClassification> got)
    {
        Assert.Equal(expected.Select(of => (of.Label, of.IsTruncated)), got.Select(of => (of.Label, of.IsTruncated)));
        Assert.Equal(expected.Select(of => of.Labels), got.Select(of => of.Labels));
        foreach ((TextClassification one, TextClassification other) in expected.Zip(got)) Assert.Equal(one.Score, other.Score, Digits);
    }

    private string Write<TModel>(Func<ElectraConfig, ElectraConfig> change)
        where TModel : nn.Module, IElectraModule<TModel> => TinyHead.Write<TModel>(_folder, change);

    private static int[] Dimensions(string folder)
    {
        using var run = new OnnxRun(Path.Combine(folder, "model.onnx"));
        return run.Session.OutputMetadata["sentence_embedding"].Dimensions;
    }
}
