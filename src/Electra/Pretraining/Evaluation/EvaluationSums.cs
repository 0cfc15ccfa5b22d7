using Electra.Data;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Adds up what an evaluation sees, batch by batch.</summary>
internal sealed class EvaluationSums(ElectraPretrainingModel model, UnigramModel unigrams) : IDisposable
{
    private readonly MaskedPlaceSums _places = new(model.Device);
    private readonly BinaryClassificationScores _scores = new();
    private readonly TokenIdentityBaseline[] _folds = [new(model.Config.VocabSize), new(model.Config.VocabSize)];
    private readonly int _mostFrequent = unigrams.MostFrequent;
    private double _maskedLM, _slots, _detection, _unigramLoss, _mostFrequentHits;
    private long _masks, _tokens;
    private bool _hasDiscriminator;

    /// <summary>Adds a batch.</summary>
    /// <param name="output">What the networks made of it.</param>
    /// <param name="first">The number of its first example.</param>
    public void Add(PretrainingOutput output, long first)
    {
        using var scope = NewDisposeScope();
        MaskedBatch batch = output.Batch;
        _places.Add(output);
        _maskedLM += output.SlotLosses.sum().item<float>();
        _slots += batch.MaskedWeights.sum().item<float>();
        AddWordFrequencies(Read<long>(batch.MaskedOriginalIds), Read<long>(batch.Places));
        bool[] isText = Read<bool>(batch.IsText);
        _tokens += isText.Count(flag => flag);
        if (output.DiscriminatorLogits is null) return;
        _hasDiscriminator = true;
        _detection += output.DetectionLosses!.mul(batch.IsText).sum().item<float>();
        _scores.Add(output.DiscriminatorLogits, output.IsReplaced!, batch.IsText);
        int length = (int)batch.IsText.shape[1];
        AddTokenIdentities(Read<long>(output.ReplacedInputIds!), Read<bool>(output.IsReplaced!), isText, first, length);
    }

    /// <summary>The means of everything added.</summary>
    public EvaluationReport Report(long examples) => new(
        examples, _tokens, _maskedLM / Math.Max(1, _slots), _places.Read(), MaskedLMScore.Of(_masks, _unigramLoss, _mostFrequentHits),
        _hasDiscriminator ? _detection / Math.Max(1, _tokens) : null, _hasDiscriminator ? _scores.Compute() : null,
        _hasDiscriminator ? _folds.Average(fold => fold.Compute()) : null);

    public void Dispose() => _places.Dispose();

    private void AddWordFrequencies(long[] originals, long[] places)
    {
        for (int slot = 0; slot < originals.Length; slot++)
        {
            if (places[slot] != (long)MaskedPlace.Mask) continue;
            _masks++;
            _unigramLoss -= Math.Log(unigrams.Probability((int)originals[slot]));
            if (originals[slot] == _mostFrequent) _mostFrequentHits++;
        }
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

    private static T[] Read<T>(Tensor tensor)
        where T : unmanaged
    {
        using Tensor host = tensor.cpu().reshape(-1);
        return host.data<T>().ToArray();
    }
}
