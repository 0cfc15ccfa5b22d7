namespace Electra.Pretraining;

/// <summary>
/// Progress of a run: means over the steps since the report before. Figures of the discriminator are null for a plain masked LM. The trained
/// losses are the paper's, for the record; a network is judged by the others.
/// </summary>
/// <param name="Step">Updates made.</param>
/// <param name="TrainSteps">Updates of the whole run; with a <see cref="PretrainingOptions.Budget"/> an estimate from the recent rate.</param>
/// <param name="Progress">How far the run is, from 0 to 1: updates made of all updates, or time used of the budget.</param>
/// <param name="Epoch">How often the training text was seen, at whatever sequence length; a fraction.</param>
/// <param name="SequenceLength">Of the last update.</param>
/// <param name="BatchSize">Examples of the last update.</param>
/// <param name="LearningRate">Of the last update.</param>
/// <param name="Loss">The weighted sum of both trained losses.</param>
/// <param name="TrainedMaskedLMLoss">In nats: over all chosen places, those where the word was kept included.</param>
/// <param name="TrainedDiscriminatorLoss">In nats: over all tokens, [CLS] and [SEP] included.</param>
/// <param name="MaskedLM">Loss and accuracy of the generator, by what it reads.</param>
/// <param name="DiscriminatorLoss">In nats a token of text.</param>
/// <param name="Discriminator">
/// Accuracy, precision, recall and area under the curve of replaced token detection, on the training text, without special tokens.
/// </param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="TokensSeen">Tokens trained on since step 0, without padding.</param>
/// <param name="TokensPerSecond">The recent rate, without evaluation and saving.</param>
/// <param name="Elapsed">Training time of this process, without evaluation and saving.</param>
/// <param name="Remaining">
/// Training time to the end: estimated from the recent rate and the tokens to come, null before it can be known; with a budget the time
/// that is left of it.
/// </param>
public sealed record StepReport(
    long Step,
    long TrainSteps,
    double Progress,
    double Epoch,
    int SequenceLength,
    int BatchSize,
    double LearningRate,
    double Loss,
    double TrainedMaskedLMLoss,
    double? TrainedDiscriminatorLoss,
    MaskedLMMetrics MaskedLM,
    double? DiscriminatorLoss,
    BinaryClassificationMetrics? Discriminator,
    double GradientNorm,
    long TokensSeen,
    double TokensPerSecond,
    TimeSpan Elapsed,
    TimeSpan? Remaining)
{
    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>.</summary>
    public IEnumerable<(string Name, double Value)> Figures()
    {
        IEnumerable<(string, double)> figures =
        [
            .. MaskedLM.Figures(), ("loss", Loss), ("trained_masked_lm_loss", TrainedMaskedLMLoss), ("gradient_norm", GradientNorm),
            ("learning_rate", LearningRate), ("sequence_length", SequenceLength), ("batch_size", BatchSize), ("epoch", Epoch),
            ("tokens_seen", TokensSeen), ("tokens_per_second", TokensPerSecond),
        ];
        if (Discriminator is null) return figures;
        return
        [
            .. figures, ("trained_discriminator_loss", TrainedDiscriminatorLoss!.Value), ("discriminator_loss", DiscriminatorLoss!.Value),
            .. Discriminator.Figures(),
        ];
    }
}
