using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>A generator's words, and at a share of the places words of a fixed distribution. What the generator learns is the same.</summary>
/// <param name="generator">Predicts everywhere; disposed of with this.</param>
/// <param name="others">Draws in its place; disposed of with this.</param>
/// <param name="share">Of the places, above 0 and below 1.</param>
internal sealed class MixedProposals(GeneratorProposals generator, FixedProposals others, double share) : IWordProposals
{
    // One draw decides both: below the share it picks one of the others, and above it one of the generator's, stretched to [0, 1) each time.
    private const double BelowOne = 1 - 1.2e-7;

    public Generation Propose(MaskedBatch rows)
    {
        using var scope = NewDisposeScope();
        Tensor draws = rows.SamplingDraws!;                                                              // (batch, slots)
        Tensor isOther = draws.lt(Scalars.Of(share));
        Tensor rest = draws.sub(Scalars.Of(share)).div_(Scalars.Of(1 - share)).clamp_(Scalars.Of(0), Scalars.Of(BelowOne));
        Generation generation = generator.Propose(rows with { SamplingDraws = rest });
        Tensor drawn = others.Draw(rows with { SamplingDraws = draws.div(Scalars.Of(share)).clamp_max_(Scalars.Of(BelowOne)) });
        return (generation with { Samples = where(isOther, drawn, generation.Samples!) }).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        generator.Dispose();
        others.Dispose();
    }
}
