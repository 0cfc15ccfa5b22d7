using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;
using Electra.Tests.Pretraining.Evaluation;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

public sealed class PretrainingEvaluatorTests : IDisposable
{
    private const int Vocabulary = 60;
    private static readonly int[] NeverMasked = [0, 2, 3, 4];
    private readonly TemporaryFolder folder = new();
    private readonly PretrainingDataset data;
    private readonly UnigramModel unigrams;

    public PretrainingEvaluatorTests()
    {
        data = EvaluationShards.Write(folder.FullPath, Vocabulary, documents: 40);
        unigrams = UnigramModel.Of(data.Training.Corpus, Vocabulary, NeverMasked);
    }

    [Fact]
    public void An_untrained_model_scores_at_chance_and_the_same_twice()
    {
        EvaluationReport report = Evaluate(PretrainingObjective.Electra);
        Assert.InRange(report.MaskedLM.Mask.Loss, Math.Log(Vocabulary) - 0.3, Math.Log(Vocabulary) + 0.3);
        Assert.InRange(report.WordFrequencies.Loss, 3, Math.Log(Vocabulary));
        Assert.InRange(report.Detection!.Discriminator.AreaUnderCurve, 0.3, 0.7);
        Assert.InRange(report.Detection!.TokenIdentityAreaUnderCurve, 0.5, 1); // it may guess which words an untrained generator likes
        Assert.InRange(report.Detection!.Discriminator.PositiveRate, 0.1, 0.2);
        Assert.InRange(report.Detection!.ConstantDiscriminatorLoss, 0.3, 0.5); // the entropy of such a share
        Assert.True(report.Detection.DiscriminatorLoss > report.Detection.ConstantDiscriminatorLoss);
        Assert.Equal(report, Evaluate(PretrainingObjective.Electra));
    }

    [Fact]
    public void Masks_and_samples_do_not_depend_on_how_examples_are_batched()
    {
        EvaluationReport one = Evaluate(PretrainingObjective.Electra, batch: 1), seven = Evaluate(PretrainingObjective.Electra, batch: 7);
        Assert.Equal(one.MaskedLM.Mask.Count, seven.MaskedLM.Mask.Count);
        Assert.Equal(one.MaskedLM.Mask.Loss, seven.MaskedLM.Mask.Loss, 1e-5);
        Assert.Equal(one.WordFrequencies, seven.WordFrequencies);
        Assert.Equal(one.Detection!.Discriminator.Positives, seven.Detection!.Discriminator.Positives);
        Assert.Equal(one.Detection!.DiscriminatorLoss, seven.Detection!.DiscriminatorLoss, 1e-5);
        Assert.Equal(one.Detection!.TokenIdentityAreaUnderCurve, seven.Detection!.TokenIdentityAreaUnderCurve, 12);
    }

    [Fact]
    public void Special_tokens_and_padding_are_not_judged()
    {
        EvaluationReport report = Evaluate(PretrainingObjective.Electra);
        Assert.Equal(data.HeldOut.Corpus.TokenCount, report.Tokens);
        Assert.Equal(report.Tokens, report.Detection!.Discriminator.Count);
    }

    [Fact]
    public void A_model_that_copies_its_input_is_told_by_the_places_where_there_is_nothing_to_copy()
    {
        EvaluationReport report = Evaluate(PretrainingObjective.MaskedLM, copies: true, MaskingOptions.Bert with { MaskTokenFraction = 0.5, RandomTokenFraction = 0.2 });
        Assert.True(report.MaskedLM.Kept is { Accuracy: 1, Loss: < 0.05 }, $"{report.MaskedLM.Kept}");
        Assert.Equal(0, report.MaskedLM.Random.Accuracy);
        Assert.InRange(report.MaskedLM.Mask.Accuracy, 0, 0.1);
        Assert.True(report.MaskedLM.Mask.Loss > report.WordFrequencies.Loss, $"{report}");
        long places = report.MaskedLM.Mask.Count + report.MaskedLM.Kept.Count + report.MaskedLM.Random.Count;
        Assert.InRange((double)report.MaskedLM.Mask.Count / places, 0.4, 0.6);
        Assert.InRange((double)report.MaskedLM.Random.Count / places, 0.1, 0.3);
        double mean = new[] { report.MaskedLM.Mask, report.MaskedLM.Kept, report.MaskedLM.Random }.Sum(place => place.Count * place.Loss) / places;
        Assert.Equal(mean, report.TrainedMaskedLMLoss, 1e-4);
    }

    [Fact]
    public void Word_frequencies_are_judged_at_the_same_places()
    {
        // Every chosen token is masked, so a network that predicts word frequencies has their very loss.
        EvaluationReport report = Evaluate(PretrainingObjective.MaskedLM, masking: new MaskingOptions { MaskTokenFraction = 1 }, biased: true);
        Assert.Equal(report.WordFrequencies.Count, report.MaskedLM.Mask.Count);
        Assert.Equal(report.WordFrequencies.Loss, report.MaskedLM.Mask.Loss, 1e-4);
        Assert.Equal(report.WordFrequencies.Accuracy, report.MaskedLM.Mask.Accuracy, 12);
        Assert.Equal(report.TrainedMaskedLMLoss, report.MaskedLM.Mask.Loss, 1e-5);
    }

    [Fact]
    public void A_plain_masked_model_has_no_detection_figures()
    {
        EvaluationReport report = Evaluate(PretrainingObjective.MaskedLM);
        Assert.True(report.Objective is MaskedLMEvaluationReport and not ElectraEvaluationReport);
        Assert.DoesNotContain(report.Figures(), figure => figure.Name.Contains("discriminator", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_networks_are_in_the_mode_they_were_in_however_it_ends(bool training)
    {
        using ElectraPretrainingModel model = Model(PretrainingObjective.Electra);
        using TokenMasker masker = Masker(new MaskingOptions());
        using IPretrainingObjective objective = PretrainingObjectives.Of(model, masker, ObjectiveLoss.SyntheticWords);
        EvaluationReport Evaluate(IEnumerable<TokenBatch> batches, CancellationToken cancellationToken = default) =>
            HeldOutEvaluation.Evaluate(objective, batches, unigrams, seed: 0, cancellationToken);
        model.Train(training);
        Evaluate(data.HeldOut.ReadOnce(7));
        Assert.Equal((training, training), (model.Generator.training, model.Discriminator.training));
        using var cancellation = new CancellationTokenSource();
        int read = 0;
        IEnumerable<TokenBatch> batches = data.HeldOut.ReadOnce(1).Select(batch =>
        {
            if (++read == 3) cancellation.Cancel();
            return batch;
        });
        Assert.Throws<OperationCanceledException>(() => Evaluate(batches, cancellation.Token));
        Assert.Equal(3, read);
        Assert.Throws<ArgumentException>(() => Evaluate([]));
        Assert.Equal((training, training), (model.Generator.training, model.Discriminator.training));
    }

    public void Dispose()
    {
        data.Dispose();
        folder.Dispose();
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

    private static ElectraPretrainingModel Model(PretrainingObjective objective) =>
        new(Config, new PretrainingModelOptions { GeneratorSize = 0.5, Objective = objective, Seed = 3 });

    private static TokenMasker Masker(MaskingOptions options) => new(options, Vocabulary, 4, NeverMasked, CPU);

    private EvaluationReport Evaluate(
        PretrainingObjective objective, bool copies = false, MaskingOptions? masking = null, int batch = 7, bool biased = false)
    {
        using ElectraPretrainingModel model = copies ? Copier() : Model(objective);
        if (biased) PredictWordFrequencies(model);
        return new PretrainingEvaluator(model, data, masking ?? new MaskingOptions(), unigrams, seed: 5).Evaluate(batch);
    }

    // Whatever the network reads, it says how often each word occurs.
    private void PredictWordFrequencies(ElectraPretrainingModel model)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        model.Generator.Electra.Embeddings.WordEmbeddings.zero_();
        Tensor counts = tensor(Enumerable.Range(0, Vocabulary).Select(id => (float)Math.Log(unigrams.Probability(id))).ToArray());
        model.Generator.get_parameter("generator_lm_head.bias")!.copy_(counts);
    }

    // One layer that does nothing and orthogonal words: the likeliest word is the one it reads.
    private static ElectraPretrainingModel Copier()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        ElectraConfig config = Config with { EmbeddingSize = 60, HiddenSize = 60 };
        var model = new ElectraPretrainingModel(config, new PretrainingModelOptions { Objective = PretrainingObjective.MaskedLM });
        foreach ((string name, Tensor parameter) in model.Generator.named_parameters())
        {
            bool isLayer = name.Contains("encoder.layer", StringComparison.Ordinal) && !name.Contains("LayerNorm", StringComparison.Ordinal);
            if (isLayer || name.Contains("position", StringComparison.Ordinal) || name.Contains("token_type", StringComparison.Ordinal)) parameter.zero_();
            if (name.EndsWith("word_embeddings.weight", StringComparison.Ordinal) || name == "generator_predictions.dense.weight") parameter.copy_(eye(60));
        }

        return model;
    }
}
