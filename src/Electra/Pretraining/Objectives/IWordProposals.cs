namespace Electra.Pretraining;

/// <summary>Proposes a word for every masked one.</summary>
internal interface IWordProposals : IDisposable
{
    /// <summary>Predicts the masked words and samples one for each slot, by <see cref="MaskedBatch.SamplingDraws"/>.</summary>
    Generation Propose(MaskedBatch rows);
}
