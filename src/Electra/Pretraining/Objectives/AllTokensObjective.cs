using Electra.Modeling;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// "All-Tokens MLM" (Clark et al. 2020, section 3.4): a language model reads the generator's words and predicts every token of the text, by a mixture of
/// copying what it reads and of its own distribution. The gate between them is left behind when the model is saved.
/// </summary>
/// <param name="model">Both networks; the caller disposes of them.</param>
/// <param name="masker">How text is masked; the caller disposes of it.</param>
/// <param name="proposals">Where the words come from; disposed of with the objective.</param>
internal sealed class AllTokensObjective(ElectraPretrainingModel model, TokenMasker masker, IWordProposals proposals)
    : RecoveryObjective(model, masker, proposals)
{
    protected override Recovery Recover(MaskedBatch rows, Tensor replaced)
    {
        using var scope = NewDisposeScope();
        ElectraForMaskedLM network = Model.LanguageModel;
        Tensor hidden = network.Electra.forward(replaced, rows.AttentionMask, rows.TokenTypeIds, layout: rows.Layout); // (batch, seq, hidden)
        Tensor gate = Model.Copying!.forward(hidden);                                                     // (batch, seq)
        Tensor words = network.Predict(hidden).log_softmax(-1);                                           // (batch, seq, vocabulary)
        Tensor likelihoods = words.gather(-1, rows.OriginalInputIds.unsqueeze(-1)).squeeze(-1);           // (batch, seq)
        Tensor isReplaced = replaced.ne(rows.OriginalInputIds);                                           // (batch, seq)
        Tensor losses = ElectraLosses.OfMixture(gate, likelihoods, isReplaced);                           // (batch, seq)
        if (rows.AttentionMask is { } attended) losses = losses.mul(attended);
        Tensor sum = losses.sum();
        using var _ = no_grad();
        Tensor hits = Likeliest(gate, words, replaced).eq(rows.OriginalInputIds);                         // (batch, seq)
        return new Recovery(sum, AtSlots(losses.detach(), rows), AtSlots(hits.to(ScalarType.Float32), rows)).MoveToOuterDisposeScope();
    }

    protected override Tensor Count(LossCounts counts) => counts.Tokens;

    // What is read, or the best of the other words, whichever the mixture holds more likely.
    private static Tensor Likeliest(Tensor gate, Tensor words, Tensor replaced)
    {
        (Tensor best, Tensor word) = words.max(-1);
        Tensor predicted = nn.functional.logsigmoid(gate.neg());
        Tensor copied = logaddexp(
            nn.functional.logsigmoid(gate), predicted.add(words.gather(-1, replaced.unsqueeze(-1)).squeeze(-1), Scalars.One));
        return where(copied.ge(predicted.add(best, Scalars.One)), replaced, word);
    }

    private static Tensor AtSlots(Tensor ofTokens, MaskedBatch rows) => ofTokens.gather(1, rows.MaskedPositions).mul(rows.MaskedWeights);
}
