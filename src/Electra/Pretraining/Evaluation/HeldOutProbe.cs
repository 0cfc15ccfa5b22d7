using Electra.Data;
using static TorchSharp.torch;

namespace Electra.Pretraining.Evaluation;

/// <summary>
/// Runs a pre-training model over held-out batches, without dropout, with masks and samples that depend on the seed only, and judges the
/// discriminator next to a token-identity baseline fitted on the other half of the same batches.
/// </summary>
public sealed class HeldOutProbe
{
    private readonly ElectraPretrainingModel model;
    private readonly TokenMasker masker;
    private readonly HashSet<long> specialIds;
    private readonly long seed;
    private readonly BinaryClassificationScores replaced = new();
    private readonly TokenIdentityBaseline[] folds;
    private double maskedLoss, maskedRight, masked, replacedLoss;
    private long tokens, tokensWithSpecials;

    private HeldOutProbe(ElectraPretrainingModel model, TokenMasker masker, IEnumerable<int> specialIds, long seed)
    {
        (this.model, this.masker, this.seed) = (model, masker, seed);
        this.specialIds = [.. specialIds.Select(id => (long)id)];
        folds = [new(model.Config.VocabSize), new(model.Config.VocabSize)];
    }

    /// <summary>Evaluates; the model is back in training mode afterwards, as the loop left it.</summary>
    /// <param name="model">Generator and discriminator, or a plain masked LM.</param>
    /// <param name="masker">As in training.</param>
    /// <param name="specialIds">Tokens that are not judged: they are never replaced, so they would flatter every score.</param>
    /// <param name="batches">Held-out batches on the CPU; each is disposed after use.</param>
    /// <param name="seed">Of masks and samples.</param>
    /// <exception cref="ArgumentException">There is no batch, or a loss or logit is NaN.</exception>
    public static HeldOutResult Run(
        ElectraPretrainingModel model, TokenMasker masker, IEnumerable<int> specialIds, IEnumerable<TokenBatch> batches, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(masker);
        ArgumentNullException.ThrowIfNull(specialIds);
        ArgumentNullException.ThrowIfNull(batches);
        var probe = new HeldOutProbe(model, masker, specialIds, seed);
        model.Train(false);
        try
        {
            int number = 0;
            foreach (TokenBatch batch in batches)
            {
                using (batch) probe.Add(batch, number++);
            }

            return number > 0 ? probe.Result() : throw new ArgumentException("There is no held-out batch to evaluate on.", nameof(batches));
        }
        finally
        {
            model.Train(true);
        }
    }

    private void Add(TokenBatch batch, int number)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        Tensor inputIds = batch.InputIds.to(model.Device);
        Tensor? attentionMask = batch.AttentionMask?.to(model.Device);
        using var randomness = StepRandomness.Draw(
            RandomSeeds.Derive(seed, RandomSeeds.Purpose.Evaluation, number), inputIds.shape[0], inputIds.shape[1], model.Device);
        PretrainingOutput output = model.forward(inputIds, attentionMask, batch.TokenTypeIds?.to(model.Device), masker, randomness);

        Tensor weights = output.Batch.MaskedWeights;                                                             // (batch, slots)
        Tensor right = output.LogProbabilities!.argmax(-1).eq(output.Batch.MaskedOriginalIds).mul(weights).sum(); // ()
        double count = weights.sum().item<float>();
        masked += count;
        maskedLoss += output.MaskedLMLoss.item<float>() * count;
        maskedRight += right.item<float>();

        bool[] isText = IsText(batch);
        tokens += isText.Count(flag => flag);
        if (output.DiscriminatorLogits is null) return;
        replacedLoss += output.DiscriminatorLoss!.item<float>() * batch.TokenCount;
        tokensWithSpecials += batch.TokenCount;
        AddReplaced(isText, output);
    }

    private void AddReplaced(bool[] isText, PretrainingOutput output)
    {
        long[] ids = output.ReplacedInputIds!.cpu().reshape(-1).data<long>().ToArray();
        float[] logits = output.DiscriminatorLogits!.cpu().reshape(-1).data<float>().ToArray();
        bool[] truths = output.IsReplaced!.cpu().reshape(-1).data<bool>().ToArray();
        int length = (int)output.ReplacedInputIds.shape[1];
        for (int i = 0; i < ids.Length; i++)
        {
            if (!isText[i]) continue;
            replaced.Add(logits[i], truths[i]);
            // examples take turns: what one fold learns from, the other judges
            int fold = i / length % 2;
            folds[fold].Learn([(int)ids[i]], [truths[i]]);
            folds[1 - fold].Judge([(int)ids[i]], [truths[i]]);
        }
    }

    private bool[] IsText(TokenBatch batch)
    {
        long[] ids = batch.InputIds.reshape(-1).data<long>().ToArray();
        long[]? mask = batch.AttentionMask?.reshape(-1).data<long>().ToArray();
        return [.. ids.Select((id, i) => (mask is null || mask[i] != 0) && !specialIds.Contains(id))];
    }

    private HeldOutResult Result()
    {
        var result = new HeldOutResult(tokens, maskedLoss / Math.Max(1, masked), maskedRight / Math.Max(1, masked));
        if (tokensWithSpecials == 0) return result;
        return result with
        {
            ReplacedTokenLoss = replacedLoss / tokensWithSpecials,
            ReplacedTokens = replaced.Compute(),
            TokenIdentityAreaUnderCurve = folds.Average(fold => fold.Compute()),
        };
    }
}
