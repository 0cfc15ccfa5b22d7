using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

/// <summary>Compares what two ways to one result gave.</summary>
internal static class Near
{
    /// <summary>The norm of the difference must be at most <paramref name="tolerance"/> of the norm of what is expected.</summary>
    public static void Assert(Tensor expected, Tensor actual, double tolerance, string what)
    {
        using var scope = NewDisposeScope();
        Xunit.Assert.Equal(expected.shape, actual.shape);
        float difference = ((expected - actual).norm() / (expected.norm() + 1e-3)).item<float>();
        Xunit.Assert.True(difference <= tolerance, $"{what}: relative difference {difference}"); // NaN is not
    }
}
