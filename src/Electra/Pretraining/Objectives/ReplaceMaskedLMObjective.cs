using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// "Replace MLM" (Clark et al. 2020, section 3.4): masked language modeling in which the generator's words stand where [MASK] would, so that the network
/// reads in pre-training what it reads afterwards.
/// </summary>
/// <param name="model">Both networks; the caller disposes of them.</param>
/// <param name="masker">How text is masked; the caller disposes of it.</param>
/// <param name="proposals">Where the words come from; disposed of with the objective.</param>
internal sealed class ReplaceMaskedLMObjective(ElectraPretrainingModel model, TokenMasker masker, IWordProposals proposals)
    : RecoveryObjective(model, masker, proposals)
{
    protected override Recovery Recover(MaskedBatch rows, Tensor replaced)
    {
        Generation predicted = MaskedLMPrediction.Of(Model.LanguageModel, rows with { InputIds = replaced });
        return new Recovery(predicted.Loss, predicted.Losses, predicted.Hits);
    }

    protected override Tensor Count(LossCounts counts) => counts.Masked;
}
