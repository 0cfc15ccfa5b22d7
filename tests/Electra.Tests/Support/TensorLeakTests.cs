using Xunit.Sdk;
using static TorchSharp.torch;

namespace Electra.Tests.Support;

public class TensorLeakTests
{
    [Fact]
    public void A_tensor_that_is_never_disposed_is_counted()
    {
        var error = Assert.Throws<TrueException>(() => TensorLeak.AssertNone(() =>
        {
            using Tensor a = zeros(1);
            _ = a + 1;
        }));
        Assert.Contains("3 tensors more after 3 runs (1 a run)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_that_disposes_all_or_caches_once_passes()
    {
        Tensor? cache = null;
        TensorLeak.AssertNone(() =>
        {
            using var scope = NewDisposeScope();
            cache ??= ones(2).DetachFromDisposeScope();
            Tensor b = (cache + 1) * 2;
            b.sum();
        });
        cache!.Dispose();
    }
}
