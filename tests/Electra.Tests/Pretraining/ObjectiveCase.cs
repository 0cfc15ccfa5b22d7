using Electra.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>An objective's loss on some text, and what it was made of.</summary>
internal sealed class ObjectiveCase : IDisposable
{
    public const int Rows = 6, Length = 40;

    private static readonly int[] Special = [0, 2, 3, 4];

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly long[] _originals, _read;
    private readonly float[] _attended;

    public ObjectiveCase(PretrainingObjective objective, double detectionWeight = 50)
    {
        Model = new(SyntheticCorpus.Config(dropout: 0), new() { Objective = objective, DiscriminatorLossWeight = detectionWeight, Seed = 3 });
        using (no_grad()) // far from the start, where all words are alike
            foreach ((string name, Tensor parameter) in Model.NamedParameters())
                if (parameter.dim() == 2) parameter.mul_(8);
        using var generator = new Generator(3);
        Tensor ids = randint(5, SyntheticCorpus.Words, [Rows, Length], generator: generator);
        Mask = arange(Length).lt(tensor(new long[] { 40, 31, 22, 13, 8, 40 }).unsqueeze(1)).to(ScalarType.Int64);
        ids = ids.mul(Mask);
        using TokenMasker masker = new(new MaskingOptions { MaskProbability = 0.3 }, SyntheticCorpus.Words, 4, Special, CPU);
        using IPretrainingObjective made = PretrainingObjectives.Of(Model, masker, ObjectiveLoss.SyntheticWords);
        using StepRandomness draws = StepRandomness.Draw(7, Rows, Length, CPU);
        MaskedBatch rows = made.Corrupt(ids, Mask, null, draws);
        Loss = made.Loss(rows, LossCounts.Of(rows));

        Generation generation = MaskedLMPrediction.Of(Model.Generator, rows, rows.SamplingDraws);
        GeneratorLoss = generation.Loss.item<float>() / rows.MaskedWeights.sum().item<float>();
        Replaced = rows.Replace(generation.Samples!);
        _originals = [.. ids.contiguous().view(-1).data<long>()];
        _read = [.. Replaced.view(-1).data<long>()];
        _attended = [.. Mask.to(ScalarType.Float32).contiguous().view(-1).data<float>()];
        Chosen = [.. rows.Chosen().contiguous().view(-1).data<float>().Select((chosen, place) => (chosen, place)).Where(item => item.chosen > 0).Select(item => item.place)];
        Assert.Equal(rows.MaskedWeights.sum().item<float>(), Chosen.Count);
        Assert.Contains(Chosen, IsReplaced);
    }

    public ElectraPretrainingModel Model { get; }

    public Tensor Mask { get; }

    public Tensor Replaced { get; }

    public Tensor Loss { get; }

    public double GeneratorLoss { get; }

    public List<int> Chosen { get; }

    public bool IsReplaced(int place) => _originals[place] != _read[place];

    public bool IsAttended(int place) => _attended[place] > 0;

    /// <summary>Of the original word at a place.</summary>
    public double Probability(double[] logits, int place)
    {
        double[] row = logits[(place * SyntheticCorpus.Words)..((place + 1) * SyntheticCorpus.Words)];
        double top = row.Max();
        return Math.Exp(row[_originals[place]] - top) / row.Sum(logit => Math.Exp(logit - top));
    }

    public void AssertLoss(double expected) => Assert.Equal(expected, Loss.item<float>(), 1e-4 * Math.Max(1, expected));

    public void Dispose()
    {
        Model.Dispose();
        _scope.Dispose();
    }
}
