using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;
using Electra.Pretraining.Evaluation;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining.Evaluation;

public sealed class HeldOutProbeTests : IDisposable
{
    private const int Vocabulary = 60;
    private static readonly int[] Special = [0, 1, 2, 3, 4];
    private readonly string folder = Directory.CreateTempSubdirectory("electra-heldout-").FullName;
    private readonly PretrainingDataset data;

    public HeldOutProbeTests()
    {
        data = EvaluationShards.Write(folder, Vocabulary, documents: 40);
    }

    [Fact]
    public void An_untrained_model_scores_at_chance_and_the_same_twice()
    {
        HeldOutResult result = Run(PretrainingObjective.Electra);
        Assert.InRange(result.MaskedLMLoss, Math.Log(Vocabulary) - 0.3, Math.Log(Vocabulary) + 0.3);
        Assert.InRange(result.ReplacedTokens!.AreaUnderCurve, 0.3, 0.7);
        Assert.InRange(result.TokenIdentityAreaUnderCurve!.Value, 0.4, 1);
        Assert.InRange(result.ReplacedTokens.PositiveRate, 0.1, 0.2);
        Assert.InRange(result.ReplacedTokenLoss!.Value, 0.3, 1);
        Assert.Equal(result, Run(PretrainingObjective.Electra));
    }

    [Fact]
    public void Special_tokens_and_padding_are_not_judged()
    {
        HeldOutResult result = Run(PretrainingObjective.Electra);
        Assert.Equal(data.HeldOut.Corpus.TokenCount, result.Tokens);
        Assert.Equal(result.Tokens, result.ReplacedTokens!.Count);
    }

    [Fact]
    public void A_plain_masked_model_has_no_detection_figures()
    {
        HeldOutResult result = Run(PretrainingObjective.MaskedLM);
        Assert.Null(result.ReplacedTokens);
        Assert.Null(result.TokenIdentityAreaUnderCurve);
        Assert.True(result.MaskedLMLoss > 1);
    }

    [Fact]
    public void Lines_are_read_back_as_they_were_written()
    {
        int[][] lines = [.. CorpusLines.Read(data.HeldOut.Corpus)];
        Assert.Equal(data.HeldOut.Corpus.TokenCount, lines.Sum(line => line.Length));
        Assert.All(lines, line => Assert.Equal(EvaluationShards.LineFrom(line[0], line.Length, Vocabulary), line));
        Assert.True(CorpusLines.Read(data.Training.Corpus, maximumTokens: 30).Sum(line => line.Length) < 200);
    }

    [Fact]
    public void No_batches_are_refused()
    {
        using var model = new ElectraPretrainingModel(Config);
        using var masker = new TokenMasker(new MaskingOptions(), Vocabulary, 4, Special, CPU);
        Assert.Throws<ArgumentException>(() => HeldOutProbe.Run(model, masker, Special, []));
    }

    public void Dispose()
    {
        data.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static ElectraConfig Config => new()
    {
        VocabSize = Vocabulary,
        EmbeddingSize = 12,
        HiddenSize = 18,
        NumHiddenLayers = 1,
        NumAttentionHeads = 3,
        IntermediateSize = 20,
        MaxPositionEmbeddings = 32,
    };

    private HeldOutResult Run(PretrainingObjective objective)
    {
        var options = new PretrainingModelOptions { GeneratorSize = 0.5, Objective = objective, Seed = 3 };
        using var model = new ElectraPretrainingModel(Config, options);
        using var masker = new TokenMasker(new MaskingOptions(), Vocabulary, 4, Special, CPU);
        return HeldOutProbe.Run(model, masker, Special, data.HeldOut.ReadOnce(7), seed: 5);
    }
}
