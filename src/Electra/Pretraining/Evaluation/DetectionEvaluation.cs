using Electra.Distributed;
using Electra.Training;

using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The figures of a discriminator on held-out text, and that of token identity alone.</summary>
internal sealed class DetectionEvaluation(int vocabSize)
{
    private readonly BinaryClassificationScores _scores = new();
    private readonly TokenIdentityBaseline[] _folds = [new(vocabSize), new(vocabSize)];
    private double _loss;
    private long _tokens;

    /// <summary>In nats a token.</summary>
    public double Loss => _loss / Math.Max(1, _tokens);

    /// <summary>Accuracy, precision, recall, area under the curve.</summary>
    public BinaryClassificationMetrics Metrics => _scores.Compute();

    /// <summary>The area under the curve that knowing only the token reaches.</summary>
    public double TokenIdentityAreaUnderCurve => _folds.Average(fold => fold.Compute());

    /// <summary>Adds a batch before which there were <paramref name="first"/> examples.</summary>
    public void Add(MaskedBatch batch, ElectraOutput output, long first)
    {
        using var scope = NewDisposeScope();
        _loss += output.DetectionLosses.mul(batch.IsText).sum().item<float>();
        _scores.Add(output.DiscriminatorLogits, output.IsReplaced, batch.IsText);
        bool[] isText = HostCopy.Of<bool>(batch.IsText), isReplaced = HostCopy.Of<bool>(output.IsReplaced);
        _tokens += isText.Count(flag => flag);
        AddTokenIdentities(HostCopy.Of<long>(output.ReplacedInputIds), isReplaced, isText, first, (int)batch.IsText.shape[1]);
    }

    /// <summary>Adds what other processes have gathered.</summary>
    public void Gather(IProcessGroup group)
    {
        _scores.Gather(group);
        foreach (TokenIdentityBaseline fold in _folds) fold.Gather(group);
        double[] sums = [_loss, _tokens];
        group.AllReduceSum(sums);
        (_loss, _tokens) = (sums[0], (long)sums[1]);
    }

    // Examples take turns: what one fold learns from, the other judges.
    private void AddTokenIdentities(long[] ids, bool[] isReplaced, bool[] isText, long first, int length)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            if (!isText[i]) continue;
            int fold = (int)((first + (i / length)) % 2);
            _folds[fold].Learn([(int)ids[i]], [isReplaced[i]]);
            _folds[1 - fold].Judge([(int)ids[i]], [isReplaced[i]]);
        }
    }
}
