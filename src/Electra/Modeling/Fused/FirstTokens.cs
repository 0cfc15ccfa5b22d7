namespace Electra.Modeling;

/// <summary>
/// As much of a workspace as the first tokens of its sequences need after attention: a head that reads no others leaves most of the last layer
/// uncomputed.
/// </summary>
internal sealed class FirstTokens : IDisposable
{
    /// <param name="shape">Of the activations.</param>
    /// <param name="activations">Of the last layer.</param>
    /// <param name="scratch">At least as large.</param>
    public FirstTokens(EncoderShape shape, EncoderLayerActivations activations, EncoderScratch scratch)
    {
        SequenceRange rows = new(0, shape.Batch, shape.Rows); // one a sequence
        (Activations, Scratch) = (new EncoderLayerActivations(activations, rows), new EncoderScratch(scratch, rows));
    }

    /// <summary>One row a sequence.</summary>
    public EncoderLayerActivations Activations { get; }

    /// <summary>One row a sequence.</summary>
    public EncoderScratch Scratch { get; }

    public void Dispose()
    {
        Activations.Dispose();
        Scratch.Dispose();
    }
}
