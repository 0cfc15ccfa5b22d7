namespace Electra.Pretraining;

/// <summary>The words of a generator that is trained along.</summary>
/// <param name="model">Whose generator, and how it samples; stays the caller's.</param>
internal sealed class GeneratorProposals(ElectraPretrainingModel model) : IWordProposals
{
    public Generation Propose(MaskedBatch rows) =>
        MaskedLMPrediction.Of(model.Generator, rows, rows.SamplingDraws, model.Options.SamplingTemperature, model.Options.SampleNeverOriginal);

    public void Dispose()
    {
    }
}
