using System.Runtime.Intrinsics;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

/// <summary>What a dropout mask multiplies by, as a tensor: the mask of a node for the composed way beside it.</summary>
internal static class DropoutFactors
{
    /// <summary>float32 of <paramref name="shape"/>, whose last dimension is the columns of the mask.</summary>
    public static Tensor Of(DropoutMask mask, params long[] shape)
    {
        if (!mask.IsActive) return ones(shape);
        long width = shape[^1], rows = shape.Aggregate(1L, (a, b) => a * b) / width;
        var values = new float[rows * width];
        for (long row = 0; row < rows; row++)
        {
            for (long column = 0; column < width; column += 16)
            {
                Vector512<float> block = mask.Apply(Vector512<float>.One, mask.Row(row), column);
                for (int i = 0; i < Math.Min(16, width - column); i++) values[(row * width) + column + i] = block[i];
            }
        }

        return tensor(values).view(shape);
    }
}
