using Electra.Configuration;
using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>
/// A model and its tokenizer, ready to be asked by any number of threads at once: what all predictors have in common, whatever computes. They touch no
/// tensor themselves, so that a process whose model runs elsewhere never loads libtorch.
/// </summary>
internal interface ISequenceModel : IDisposable
{
    /// <summary>What the model was made from.</summary>
    ElectraConfig Config { get; }

    /// <summary>Its tokenizer.</summary>
    ElectraTokenizer Tokenizer { get; }

    /// <summary>Tokens of the longest sequence.</summary>
    int MaxLength { get; }

    /// <summary>Asks the model about each sequence, those of similar length together.</summary>
    /// <param name="sequences">Any number.</param>
    /// <param name="cancellationToken">Stops between two passes.</param>
    /// <returns>One array a sequence; where the model speaks of tokens, padding included.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    float[][] Run(IReadOnlyList<TokenSequence> sequences, CancellationToken cancellationToken);
}
