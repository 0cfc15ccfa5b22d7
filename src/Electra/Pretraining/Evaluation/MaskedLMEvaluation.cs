using Electra.Data;
using Electra.Distributed;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The figures of a masked language model on held-out text, and those of word counts at the same places.</summary>
internal sealed class MaskedLMEvaluation(Device device, UnigramModel unigrams) : IDisposable
{
    private readonly MaskedPlaceSums _places = new(device);
    private readonly int _mostFrequent = unigrams.MostFrequent;
    private double _loss, _slots, _unigramLoss, _mostFrequentHits;
    private long _masks;

    /// <summary>Adds a batch.</summary>
    public void Add(MaskedBatch batch, Generation generation)
    {
        using var scope = NewDisposeScope();
        _places.Add(batch, generation);
        _loss += generation.Losses.sum().item<float>();
        _slots += batch.MaskedWeights.sum().item<float>();
        long[] originals = HostCopy.Of<long>(batch.MaskedOriginalIds), places = HostCopy.Of<long>(batch.Places);
        for (int slot = 0; slot < originals.Length; slot++)
        {
            if (places[slot] != (long)MaskedPlace.Mask) continue;
            _masks++;
            _unigramLoss -= Math.Log(unigrams.Probability((int)originals[slot]));
            if (originals[slot] == _mostFrequent) _mostFrequentHits++;
        }
    }

    /// <summary>Adds what other processes have gathered.</summary>
    public void Gather(IProcessGroup group)
    {
        group.AllReduceSum(_places.Sums);
        double[] sums = [_loss, _slots, _unigramLoss, _mostFrequentHits, _masks];
        group.AllReduceSum(sums);
        (_loss, _slots, _unigramLoss, _mostFrequentHits, _masks) = (sums[0], sums[1], sums[2], sums[3], (long)sums[4]);
    }

    /// <summary>What was gathered.</summary>
    public MaskedLMEvaluationReport Report() => new(
        _loss / Math.Max(1, _slots), _places.Read(), MaskedLMScore.Of(_masks, _unigramLoss, _mostFrequentHits));

    public void Dispose() => _places.Dispose();
}
