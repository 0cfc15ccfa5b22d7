using Electra.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>
/// A generator that is trained against the discriminator, and energies that are learned against noise: losses and gradients by the papers' formulas, computed here word by word in double
/// precision from what the networks say.
/// </summary>
public class AdversarialAndElectricTests
{
    private const int Rows = 6, Length = 40, Words = SyntheticCorpus.Words;
    private static readonly int[] Special = [0, 2, 3, 4];

    [Fact]
    public void A_generator_earns_what_the_discriminator_loses_at_its_words()
    {
        using var case_ = new Case(PretrainingObjective.Adversarial, GeneratorKind.Trained);
        double detected = Enumerable.Range(0, Rows * Length).Where(case_.IsAttended).Sum(place => DetectionLoss(case_, place));
        double policy = 0, baseline = 0;
        foreach (int place in case_.Chosen)
        {
            double reward = DetectionLoss(case_, place), score = case_.Score(place), expected = Math.Log(1 + Math.Exp(-score)), truth = Math.Exp(-reward);
            policy -= (reward - expected) * Math.Log(case_.Probabilities(place)[case_.Read[place]]);
            baseline -= (truth * Math.Log(1 / (1 + Math.Exp(-score)))) + ((1 - truth) * Math.Log(1 / (1 + Math.Exp(score))));
        }

        case_.AssertLoss((50 * detected / case_.Tokens) + ((policy + baseline) / case_.Chosen.Count));
    }

    [Fact]
    public void Its_gradient_is_that_of_the_words_drawn_times_what_they_earned_above_expectation()
    {
        using var case_ = new Case(PretrainingObjective.Adversarial, GeneratorKind.Trained, discriminatorWeight: 0);
        case_.Loss.backward();
        double[] bias = new double[Words];
        double ofBaseline = 0;
        foreach (int place in case_.Chosen)
        {
            double reward = DetectionLoss(case_, place), score = case_.Score(place), advantage = reward - Math.Log(1 + Math.Exp(-score));
            double[] words = case_.Probabilities(place);
            for (int word = 0; word < Words; word++) bias[word] -= advantage * ((word == case_.Read[place] ? 1 : 0) - words[word]) / case_.Chosen.Count;
            ofBaseline += ((1 / (1 + Math.Exp(-score))) - Math.Exp(-reward)) / case_.Chosen.Count;
        }

        double[] gradient = Host(case_.Model.Generator.get_parameter("generator_lm_head.bias")!.grad!);
        Assert.True(bias.Max(Math.Abs) > 0.01);
        Assert.All(bias.Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(ofBaseline, Host(case_.Model.Baseline!.get_parameter("baseline.bias")!.grad!)[0], 1e-5);

        // Rewards are no way back into the discriminator, nor the baseline one into the generator.
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in case_.Model.Discriminator.named_parameters())
            if (name.Contains("encoder.", StringComparison.Ordinal)) AssertNoGradient(name, parameter);
        using var alone = new Case(PretrainingObjective.Adversarial, GeneratorKind.Trained, discriminatorWeight: 0, generatorWeight: 0);
        alone.Loss.backward();
        Assert.NotEqual(0, Host(alone.Model.Baseline!.get_parameter("baseline.bias")!.grad!)[0]);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in alone.Model.Generator.named_parameters()) AssertNoGradient(name, parameter);
    }

    [Theory]
    [InlineData(GeneratorKind.Unigram)]
    [InlineData(GeneratorKind.Uniform)]
    public void Energies_tell_words_of_the_text_from_noise_of_known_probability(GeneratorKind kind)
    {
        using var case_ = new Case(PretrainingObjective.Electric, kind);
        double total = Enumerable.Range(0, Words).Where(id => !Special.Contains(id)).Sum(id => Weight(kind, id)), sum = 0;
        for (int row = 0; row < Rows; row++)
        {
            int[] text = [.. Enumerable.Range(row * Length, Length).Where(case_.IsText)];
            int noise = case_.Chosen.Count(place => place / Length == row);
            foreach (int place in text)
            {
                double model = (text.Length - noise) * Math.Exp(-case_.Logits[place]), drawn = noise * Weight(kind, case_.Read[place]) / total;
                sum -= Math.Log((case_.Chosen.Contains(place) ? drawn : model) / (model + drawn));
            }
        }

        double constant = -case_.Chosen.Average(place => Math.Log(Weight(kind, case_.Originals[place]) / total)); // what the noise says of the text; nothing is trained by it
        case_.AssertLoss(constant + (50 * sum / case_.Tokens));
    }

    [Fact]
    public void Smoothed_noise_is_drawn_just_as_often_as_its_probability_says()
    {
        using var scope = NewDisposeScope();
        const int draws = 60_000;
        using var generator = new Generator(5);
        using var proposals = new FixedProposals(GeneratorKind.Unigram, ObjectiveLoss.SyntheticWords(), neverOriginal: false, CPU, isSmoothed: true);
        Tensor ids = full([1, draws], 50, ScalarType.Int64), weights = ones([1, draws]);
        MaskedBatch rows = new(ids, null, null, ids, arange(draws).unsqueeze(0), ids, weights, zeros_like(ids), weights.to(ScalarType.Bool)) { SamplingDraws = rand([1, draws], generator: generator) };
        long[] counts = [.. proposals.Propose(rows).Samples!.view(-1).bincount(null, Words).data<long>()];
        int[] drawn = [.. Enumerable.Range(0, Words).Except(Special)];
        double[] probabilities = [.. Host(proposals.LogProbabilities(arange(Words).unsqueeze(0))).Select(Math.Exp)];
        Assert.Equal(1, drawn.Sum(id => probabilities[id]), 1e-5);
        double statistic = drawn.Sum(id => Math.Pow(counts[id] - (draws * probabilities[id]), 2) / (draws * probabilities[id])), degrees = drawn.Length - 1;
        Assert.InRange(statistic, degrees - (5 * Math.Sqrt(2 * degrees)), degrees + (5 * Math.Sqrt(2 * degrees)));
        Assert.Equal(draws, drawn.Sum(id => counts[id]));
    }

    [Theory]
    [InlineData(PretrainingObjective.Electric, GeneratorKind.Trained, 1.0, false, "noise whose probability is known")]
    [InlineData(PretrainingObjective.Electric, GeneratorKind.Unigram, 1.0, true, "SampleNeverOriginal does not go with Electric")]
    [InlineData(PretrainingObjective.Adversarial, GeneratorKind.Unigram, 1.0, false, "Adversarial trains one")]
    [InlineData(PretrainingObjective.Adversarial, GeneratorKind.Trained, 0.9, false, "SamplingTemperature is 0.9")]
    [InlineData(PretrainingObjective.Adversarial, GeneratorKind.Trained, 1.0, true, "SampleNeverOriginal does not go with Adversarial")]
    public void Words_that_are_drawn_otherwise_are_refused(PretrainingObjective objective, GeneratorKind kind, double temperature, bool neverOriginal, string fault)
    {
        PretrainingModelOptions options = new() { Objective = objective, Generator = kind, SamplingTemperature = temperature, SampleNeverOriginal = neverOriginal };
        Assert.Contains(fault, Assert.Throws<ArgumentException>(() => new ElectraPretrainingModel(SyntheticCorpus.Config(0), options)).Message);
    }

    private static double Weight(GeneratorKind kind, long id) => kind == GeneratorKind.Uniform || id < 5 ? 1 : id + 1;

    private static double DetectionLoss(Case case_, int place) =>
        Math.Log(1 + Math.Exp(case_.Read[place] == case_.Originals[place] ? case_.Logits[place] : -case_.Logits[place]));

    private static void AssertNoGradient(string name, Tensor parameter) => Assert.True(parameter.grad is null || parameter.grad.abs().max().item<float>() == 0, name);

    private static double[] Host(Tensor tensor) => [.. tensor.detach().to(ScalarType.Float64).contiguous().view(-1).data<double>()];

    /// <summary>An objective's loss on some text, and what it was made of.</summary>
    private sealed class Case : IDisposable
    {
        private readonly DisposeScope _scope = NewDisposeScope();
        private readonly double[] _attended, _isText, _words = [], _hidden = [], _weights = [];
        private readonly double _bias;

        public Case(PretrainingObjective objective, GeneratorKind kind, double discriminatorWeight = 50, double generatorWeight = 1)
        {
            PretrainingModelOptions options = new()
            {
                Objective = objective,
                Generator = kind,
                EmbeddingSharing = EmbeddingSharing.None,
                Seed = 3,
                DiscriminatorLossWeight = discriminatorWeight,
                GeneratorLossWeight = generatorWeight,
            };
            Model = new(SyntheticCorpus.Config(dropout: 0), options);
            using (no_grad()) // far from the start, where all words are alike
                foreach ((_, Tensor parameter) in Model.NamedParameters())
                    if (parameter.dim() == 2) parameter.mul_(8);
            using var generator = new Generator(3);
            Tensor ids = randint(5, Words, [Rows, Length], generator: generator);
            ids[TensorIndex.Colon, 0] = 2; // a token that is never noise
            Tensor mask = arange(Length).lt(tensor(new long[] { 40, 31, 22, 13, 8, 40 }).unsqueeze(1)).to(ScalarType.Int64);
            ids = ids.mul(mask);
            using TokenMasker masker = new(new MaskingOptions { MaskProbability = 0.3 }, Words, 4, Special, CPU);
            using IPretrainingObjective made = PretrainingObjectives.Of(Model, masker, ObjectiveLoss.SyntheticWords);
            using StepRandomness draws = StepRandomness.Draw(7, Rows, Length, CPU);
            MaskedBatch rows = made.Corrupt(ids, mask, null, draws);
            Loss = made.Loss(rows, LossCounts.Of(rows));

            using IDisposable noGradient = no_grad();
            Tensor samples;
            if (kind == GeneratorKind.Trained)
            {
                samples = MaskedLMPrediction.Of(Model.Generator, rows, rows.SamplingDraws).Samples!;
                _words = Host(Model.Generator.forward(rows.InputIds, mask));
                _hidden = Host(Model.Generator.Electra.forward(rows.InputIds, mask));
                (_weights, _bias) = (Host(Model.Baseline!.get_parameter("baseline.weight")!), Host(Model.Baseline.get_parameter("baseline.bias")!)[0]);
            }
            else
            {
                using var noise = new FixedProposals(kind, ObjectiveLoss.SyntheticWords(), neverOriginal: false, CPU, isSmoothed: true);
                samples = noise.Propose(rows).Samples!;
            }

            Tensor read = rows.Replace(samples);
            Logits = Host(Model.Discriminator.forward(read, mask));
            (Originals, Read) = ([.. ids.contiguous().view(-1).data<long>()], [.. read.view(-1).data<long>()]);
            (_attended, _isText) = (Host(mask), Host(rows.IsText));
            Chosen = [.. Host(rows.Chosen()).Index().Where(item => item.Item > 0).Select(item => item.Index)];
            Assert.Contains(Chosen, place => Originals[place] != Read[place]);
        }

        public ElectraPretrainingModel Model { get; }

        public Tensor Loss { get; }

        public double[] Logits { get; }

        public long[] Originals { get; }

        public long[] Read { get; }

        public List<int> Chosen { get; }

        public double Tokens => _attended.Sum();

        public bool IsAttended(int place) => _attended[place] > 0;

        public bool IsText(int place) => _isText[place] > 0;

        /// <summary>The generator's, of all words.</summary>
        public double[] Probabilities(int place)
        {
            double[] row = _words[(place * Words)..((place + 1) * Words)];
            double top = row.Max(), sum = row.Sum(logit => Math.Exp(logit - top));
            return [.. row.Select(logit => Math.Exp(logit - top) / sum)];
        }

        /// <summary>The baseline's.</summary>
        public double Score(int place) => _bias + Enumerable.Range(0, _weights.Length).Sum(i => _weights[i] * _hidden[(place * _weights.Length) + i]);

        public void AssertLoss(double expected) => Assert.Equal(expected, Loss.item<float>(), 1e-4 * Math.Max(1, Math.Abs(expected)));

        public void Dispose()
        {
            Model.Dispose();
            _scope.Dispose();
        }
    }
}
