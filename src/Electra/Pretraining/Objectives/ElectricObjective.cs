using Electra.Configuration;
using Electra.Data;
using Electra.Native;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Electric (Clark et al. 2020b, arXiv 2012.08561): the head gives each token an energy E, and exp(-E) is trained by noise contrastive estimation to be the probability of the token given the text
/// around it. The paper draws its noise from a two-tower cloze model; here it is a distribution that hangs on nothing, so that its probability of every token is known exactly.
/// </summary>
/// <param name="model">The discriminator; the caller disposes of it.</param>
/// <param name="masker">Which places have noise; the caller disposes of it.</param>
/// <param name="noise">Where it comes from; disposed of with the objective.</param>
internal sealed class ElectricObjective(ElectraPretrainingModel model, TokenMasker masker, FixedProposals noise) : IPretrainingObjective
{
    private readonly ElectraObjective _detection = new(model, masker, noise);

    public ElectraConfig Config => model.Config;

    public TrainedNetworks Networks => model.Networks;

    public IEnumerable<(string Name, Tensor Tensor)> Sums => _detection.Sums;

    public MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws) =>
        _detection.Corrupt(inputIds, attentionMask, tokenTypeIds, draws);

    public Tensor Loss(MaskedBatch rows, LossCounts counts)
    {
        using var scope = NewDisposeScope();
        ElectraOutput output = Forward(rows, counts);
        _detection.Count(rows, output);
        return output.Loss.MoveToOuterDisposeScope();
    }

    public ObjectiveReport Read(double updates) => _detection.Read(updates);

    public IObjectiveEvaluation Evaluate(UnigramModel unigrams) => _detection.Evaluate(unigrams, rows => Forward(rows, LossCounts.Of(rows)));

    public void Dispose() => _detection.Dispose();

    // With k of the n words of a row drawn from q, a word w is noise with the odds k q(w) / ((n - k) exp(-E)). Noise is what was drawn, also where it is the original again.
    private ElectraOutput Forward(MaskedBatch rows, LossCounts counts)
    {
        using var scope = NewDisposeScope();
        Generation generation = noise.Propose(rows);
        Tensor read = rows.Replace(generation.Samples!);                                                  // (batch, seq)
        Tensor energies = model.Discriminator.forward(read, rows.AttentionMask, rows.TokenTypeIds, layout: rows.Layout); // (batch, seq)
        Tensor isNoise = rows.Chosen(), isText = rows.IsText.to(ScalarType.Float32);                      // (batch, seq)
        Tensor drawn = isNoise.sum(1, keepdim: true);                                                     // (batch, 1): k
        Tensor left = isText.sum(1, keepdim: true).sub(drawn).clamp_min(Scalars.Of(1));                   // (batch, 1): n - k
        Tensor odds = noise.LogProbabilities(read).add(drawn.clamp_min(Scalars.Of(1)).div(left).log(), Scalars.One); // (batch, seq)
        Tensor logits = energies.add(odds, Scalars.One);
        Tensor losses = nn.functional.binary_cross_entropy_with_logits(logits, isNoise, isText, nn.Reduction.None); // (batch, seq)
        generation.MoveToOuterDisposeScope();
        return _detection.Weigh(rows, generation, read, logits, losses, counts).MoveToOuterDisposeScope();
    }
}
