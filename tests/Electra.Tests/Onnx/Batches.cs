using Electra.Configuration;
using static TorchSharp.torch;

namespace Electra.Tests.Onnx;

/// <summary>Inputs of several shapes, padded and not.</summary>
internal static class Batches
{
    /// <summary>One token, texts of one length, padded ones with pairs, the longest, and masks with holes, the first token's too.</summary>
    public static IEnumerable<(Tensor Ids, Tensor? Mask, Tensor? Types)> Of(ElectraConfig config)
    {
        Tensor Random(long below, long rows, long length, long seed)
        {
            using var generator = new Generator((ulong)seed, CPU);
            return randint(0, below, [rows, length], ScalarType.Int64, generator: generator);
        }

        long longest = config.MaxPositionEmbeddings;
        yield return (Random(config.VocabSize, 1, 1, 1), null, null);
        yield return (Random(config.VocabSize, 4, 7, 2), null, Random(config.TypeVocabSize, 4, 7, 3));
        Tensor padded = ones(5, longest, ScalarType.Int64);
        for (int row = 1; row < 5; row++) padded[row, TensorIndex.Slice(longest - (row * 7))] = tensor(0L);
        yield return (Random(config.VocabSize, 5, longest, 4), padded, Random(config.TypeVocabSize, 5, longest, 5));
        Tensor holes = Random(2, 3, 20, 6);
        holes[TensorIndex.Colon, 5] = tensor(1L);
        holes[0, 0] = tensor(0L);
        yield return (Random(config.VocabSize, 3, 20, 7), holes, null);
    }
}
