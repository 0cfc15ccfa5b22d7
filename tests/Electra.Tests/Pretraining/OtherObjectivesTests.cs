using Electra.Checkpoints;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>
/// The objectives that ELECTRA is compared with: each loss against the formula of its paper, computed here word by word in double precision from what the
/// networks say.
/// </summary>
public class OtherObjectivesTests
{
    public static TheoryData<PretrainingObjective, GeneratorKind> All => new()
    {
        { PretrainingObjective.ElectraMaskedOnly, GeneratorKind.Trained },
        { PretrainingObjective.ReplaceMaskedLM, GeneratorKind.Trained },
        { PretrainingObjective.AllTokensMaskedLM, GeneratorKind.Trained },
        { PretrainingObjective.CorrectiveLM, GeneratorKind.Trained },
        { PretrainingObjective.Electra, GeneratorKind.Uniform },
        { PretrainingObjective.Electra, GeneratorKind.Unigram },
        { PretrainingObjective.ReplaceMaskedLM, GeneratorKind.Unigram },
        { PretrainingObjective.CorrectiveLM, GeneratorKind.Uniform },
        { PretrainingObjective.Adversarial, GeneratorKind.Trained },
        { PretrainingObjective.Electric, GeneratorKind.Unigram },
        { PretrainingObjective.Electric, GeneratorKind.Uniform },
    };

    [Fact]
    public void Detection_at_the_masked_places_alone_is_the_mean_of_their_losses()
    {
        using var case_ = new ObjectiveCase(PretrainingObjective.ElectraMaskedOnly);
        double[] logits = Host(case_.Model.Discriminator.forward(case_.Replaced, case_.Mask));
        double sum = 0;
        foreach (int place in case_.Chosen) sum += Math.Log(1 + Math.Exp(case_.IsReplaced(place) ? -logits[place] : logits[place]));
        case_.AssertLoss(case_.GeneratorLoss + (50 * sum / case_.Chosen.Count));
    }

    [Fact]
    public void Replace_masked_lm_predicts_the_masked_words_from_the_generators()
    {
        using var case_ = new ObjectiveCase(PretrainingObjective.ReplaceMaskedLM);
        double[] logits = Host(case_.Model.LanguageModel.forward(case_.Replaced, case_.Mask));
        case_.AssertLoss(case_.GeneratorLoss - case_.Chosen.Average(place => Math.Log(case_.Probability(logits, place))));
    }

    [Fact]
    public void All_tokens_masked_lm_mixes_copying_and_predicting()
    {
        using var case_ = new ObjectiveCase(PretrainingObjective.AllTokensMaskedLM);
        double[] logits = Host(case_.Model.LanguageModel.forward(case_.Replaced, case_.Mask));
        double[] hidden = Host(case_.Model.LanguageModel.Electra.forward(case_.Replaced, case_.Mask));
        Dictionary<string, double[]> gate = case_.Model.Copying!.named_parameters().ToDictionary(item => item.name, item => Host(item.parameter));
        double sum = 0;
        int count = 0;
        for (int place = 0; place < ObjectiveCase.Rows * ObjectiveCase.Length; place++)
        {
            if (!case_.IsAttended(place)) continue;
            double score = gate["copy.bias"][0] + Enumerable.Range(0, 32).Sum(i => gate["copy.weight"][i] * hidden[(place * 32) + i]);
            double copies = 1 / (1 + Math.Exp(-score));
            sum -= Math.Log((case_.IsReplaced(place) ? 0 : copies) + ((1 - copies) * case_.Probability(logits, place)));
            count++;
        }

        case_.AssertLoss(case_.GeneratorLoss + (sum / count));
    }

    [Fact]
    public void Corrective_language_modeling_adds_the_words_at_the_masked_places_and_does_not_train_the_gate()
    {
        using var case_ = new ObjectiveCase(PretrainingObjective.CorrectiveLM);
        ElectraForPreTraining network = case_.Model.Discriminator;
        Tensor hidden = network.Electra.forward(case_.Replaced, case_.Mask);
        double[] detection = Host(network.forward(case_.Replaced, case_.Mask));
        double[] logits = Host(case_.Model.Recovery!.forward(hidden, network.Electra.Embeddings.WordEmbeddings));
        double detected = 0, corrected = 0;
        int tokens = 0;
        for (int place = 0; place < ObjectiveCase.Rows * ObjectiveCase.Length; place++)
        {
            if (!case_.IsAttended(place)) continue;
            detected += Math.Log(1 + Math.Exp(case_.IsReplaced(place) ? -detection[place] : detection[place]));
            tokens++;
        }

        foreach (int place in case_.Chosen)
        {
            double copies = 1 / (1 + Math.Exp(detection[place]));
            corrected -= Math.Log((case_.IsReplaced(place) ? 0 : copies) + ((1 - copies) * case_.Probability(logits, place)));
        }

        case_.AssertLoss(case_.GeneratorLoss + (50 * detected / tokens) + (corrected / case_.Chosen.Count));

        // Without weight on detection nothing reaches its head, though the gate is made of it.
        using var alone = new ObjectiveCase(PretrainingObjective.CorrectiveLM, detectionWeight: 0);
        alone.Loss.backward();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in alone.Model.Discriminator.named_parameters())
        {
            if (!name.StartsWith("discriminator_predictions.", StringComparison.Ordinal)) continue;
            Assert.True(parameter.grad is null || parameter.grad.abs().max().item<float>() == 0, name);
        }
    }

    [Theory]
    [InlineData(GeneratorKind.Uniform, false)]
    [InlineData(GeneratorKind.Uniform, true)]
    [InlineData(GeneratorKind.Unigram, false)]
    [InlineData(GeneratorKind.Unigram, true)]
    public void Fixed_proposals_follow_their_distribution_and_cost_what_it_says(GeneratorKind kind, bool neverOriginal)
    {
        using var scope = NewDisposeScope();
        const int draws = 60_000, original = 50;
        using var generator = new Generator(5);
        using var proposals = new FixedProposals(kind, ObjectiveLoss.SyntheticWords(), neverOriginal, CPU);
        Tensor ids = full([1, draws], original, ScalarType.Int64), ones_ = ones([1, draws]);
        MaskedBatch rows = new(ids, null, null, ids, arange(draws).unsqueeze(0), ids, ones_, zeros_like(ids), ones_.to(ScalarType.Bool))
        {
            SamplingDraws = rand([1, draws], generator: generator),
        };
        Generation generation = proposals.Propose(rows);
        double[] weights = [.. Enumerable.Range(0, SyntheticCorpus.Words).Select(id =>
            id < 5 && id != 1 || (neverOriginal && id == original) ? 0.0 : kind == GeneratorKind.Uniform ? 1 : id == 1 ? 0 : id)];
        long[] counts = [.. generation.Samples!.view(-1).bincount(null, SyntheticCorpus.Words).data<long>()];
        double statistic = 0;
        for (int id = 0; id < weights.Length; id++)
        {
            double expected = draws * weights[id] / weights.Sum();
            if (expected == 0) Assert.Equal(0, counts[id]);
            else statistic += (counts[id] - expected) * (counts[id] - expected) / expected;
        }

        int degrees = weights.Count(weight => weight > 0) - 1;
        Assert.InRange(statistic, degrees - (5 * Math.Sqrt(2 * degrees)), degrees + (5 * Math.Sqrt(2 * degrees)));
        double probability = kind == GeneratorKind.Uniform ? 1.0 / 95 : (original + 1.0) / (Enumerable.Range(5, 94).Sum() + SyntheticCorpus.Words);
        Assert.Equal(-Math.Log(probability), generation.Losses[0, 0].item<float>(), 1e-5);
        Assert.False(generation.Loss.requires_grad);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Samples_that_are_never_the_original_follow_the_rest_of_the_distribution(bool fused)
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel model = new(SyntheticCorpus.Config(dropout: 0), new() { SampleNeverOriginal = true, Seed = 4 });
        using (no_grad())
        {
            model.Generator.get_parameter("generator_lm_head.bias")!.copy_(linspace(-2, 2, SyntheticCorpus.Words));
            model.Generator.Electra.Embeddings.WordEmbeddings.zero_();
        }

        const int slots = 30, batch = 400;
        Tensor ids = full([batch, ObjectiveCase.Length], 98, ScalarType.Int64); // by far the likeliest
        MaskedBatch rows = new(
            ids, null, null, ids, arange(slots).unsqueeze(0).expand(batch, -1).contiguous(), full([batch, slots], 98, ScalarType.Int64),
            ones(batch, slots), zeros([batch, slots], ScalarType.Int64), ones([batch, ObjectiveCase.Length], ScalarType.Bool));
        using var generator = new Generator(9);
        Tensor uniform = rand([batch, slots], generator: generator);
        using IDisposable? noGradient = fused ? null : no_grad();
        Generation generation = MaskedLMPrediction.Of(model.Generator, rows, uniform, neverOriginal: true);
        Assert.Equal(fused, generation.LogProbabilities is null);
        double[] weights = [.. Enumerable.Range(0, SyntheticCorpus.Words).Select(id => id == 98 ? 0 : Math.Exp(-2 + (4.0 * id / 98)))];
        long[] samples = [.. generation.Samples!.contiguous().view(-1).data<long>()];
        float[] draws = [.. uniform.view(-1).data<float>()];
        int off = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double rest = draws[i] * weights.Sum();
            int expected = 0;
            while (expected < 97 && (rest -= weights[expected]) >= 0) expected++;
            if (samples[i] != expected) off++;
            Assert.InRange(samples[i], Math.Max(0, expected - 1), Math.Min(97, expected + 1));
        }

        Assert.InRange(off, 0, samples.Length / 500); // where rounding tips
    }

    [Fact]
    public void Disentangled_tables_are_the_generators_and_what_the_discriminator_learned()
    {
        using TemporaryFolder entangled = new(), apart = new();
        PretrainingOptions Options(TemporaryFolder folder, EmbeddingSharing sharing)
        {
            PretrainingOptions options = PretrainingRun.Options(folder, steps: 9);
            return options with { Model = options.Model with { EmbeddingSharing = sharing, Seed = 6 } };
        }

        // The same tables with no sharing at all: after an update they differ by the generator's move.
        using var follows = new PretrainingRun(entangled, Options(entangled, EmbeddingSharing.GradientDisentangled), dropout: 0);
        using var alone = new PretrainingRun(
            apart, Options(apart, EmbeddingSharing.None), dropout: 0,
            prepare: model => EmbeddingFollower.Start(model.Generator.Electra.Embeddings, model.Discriminator.Electra.Embeddings));
        using var scope = NewDisposeScope();
        Tensor before = follows.Model.Generator.Electra.Embeddings.WordEmbeddings.detach().clone();
        Assert.True(before.equal(follows.Model.Discriminator.Electra.Embeddings.WordEmbeddings).all().item<bool>());
        follows.Trainer.Step();
        alone.Trainer.Step();
        Tensor moved = follows.Model.Generator.Electra.Embeddings.WordEmbeddings.detach() - before;
        Assert.True(moved.abs().max().item<float>() > 1e-5);
        Tensor expected = alone.Model.Discriminator.Electra.Embeddings.WordEmbeddings.detach() + moved;
        Assert.Equal(0, (expected - follows.Model.Discriminator.Electra.Embeddings.WordEmbeddings).abs().max().item<float>(), 1e-7);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_objective_learns_resumes_to_the_same_bits_and_is_saved(PretrainingObjective objective, GeneratorKind kind)
    {
        using TemporaryFolder whole = new(), parted = new();
        PretrainingOptions Options(TemporaryFolder folder)
        {
            PretrainingOptions options = PretrainingRun.Options(folder, steps: 60, microBatch: 4) with { LogEvery = 10, LearningRate = 3e-3 };
            return options with { Model = options.Model with { Objective = objective, Generator = kind, EmbeddingSharing = EmbeddingSharing.GradientDisentangled } };
        }

        var recorder = new PretrainingRecorder();
        float[] expected;
        using (PretrainingRun run = new(whole, Options(whole), recorder))
        {
            Assert.True(run.Trainer.Train().Completed);
            expected = run.Weights();
            Assert.Equal(kind == GeneratorKind.Trained, run.Model.HasGenerator);
            if (run.Model.HasDiscriminator) run.Model.Discriminator.SavePretrained(whole.File("encoder"));
            else run.Model.LanguageModel.SavePretrained(whole.File("encoder"));
            using var scope = NewDisposeScope();
            Tensor ids = randint(5, SyntheticCorpus.Words, [2, 12]);
            using ElectraModel encoder = ElectraModel.FromPretrained(whole.File("encoder"));
            run.Model.Train(false);
            Assert.True(encoder.forward(ids).equal(run.Model.Encoder.Electra.forward(ids)).all().item<bool>());
        }

        double first = recorder.Reports[0].Loss, last = recorder.Reports[^1].Loss;
        Assert.True(last < first - 0.05, $"{first} to {last}");
        Assert.Equal(objective is PretrainingObjective.Electra or PretrainingObjective.ElectraMaskedOnly or PretrainingObjective.CorrectiveLM
            or PretrainingObjective.Adversarial or PretrainingObjective.Electric,
            Assert.Single(recorder.Evaluations).Report.Detection is not null);

        using (PretrainingRun run = new(parted, Options(parted)))
        {
            for (int i = 0; i < 23; i++) run.Trainer.Step();
            run.Trainer.Save();
        }

        using (PretrainingRun run = new(parted, Options(parted)))
        {
            Assert.Equal(23, run.Trainer.StepsDone);
            run.Trainer.Train();
            Assert.Equal(expected, run.Weights());
        }
    }

    private static double[] Host(Tensor tensor) => [.. tensor.detach().to(ScalarType.Float64).contiguous().view(-1).data<double>()];
}
