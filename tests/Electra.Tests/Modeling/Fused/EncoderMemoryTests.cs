using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

public class EncoderMemoryTests
{
    [Fact]
    public void A_workspace_frees_every_buffer() => TensorLeak.AssertNone(() =>
    {
        EncoderShape shape = new(2, 5, 32, 2, 48, 3, ScalarType.Float32, ActivationKeeping.All);
        foreach (ActivationKeeping keeping in Enum.GetValues<ActivationKeeping>())
        {
            using var scope = NewDisposeScope(); // which must not be what frees them
            foreach (ScalarType dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
            {
                new EncoderWorkspace(shape with { Keeping = keeping, Dtype = dtype }).Dispose();
                new EncoderWeights(shape with { Dtype = dtype }).Dispose();
            }

            Assert.Equal(0, scope.DisposablesCount);
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_leave_neither_tensors_nor_managed_memory(bool recompute)
    {
        using var model = new ElectraModel(ElectraConfig.Tiny with { VocabSize = 99 }) { RecomputeActivations = recompute };
        using Tensor ids = TinyConfig.Ids(2, 8);
        void Steps(int count)
        {
            for (int step = 0; step < count; step++)
            {
                using var scope = NewDisposeScope();
                model.forward(ids).square().sum().backward();
                using var noGradient = no_grad();
                model.forward(ids);
            }
        }

        TensorLeak.AssertNone(() => Steps(1));
        // Code that is compiled again on the way takes memory once; what steps leave, they leave in every round.
        long grown = Enumerable.Range(0, 4).Min(_ =>
        {
            long before = Kept();
            Steps(50);
            return Kept() - before;
        });
        Assert.True(grown < 50 * 100, $"{grown} bytes more after 50 steps");

        // GetTotalMemory's own collecting stops at 5 % more or less, which is too much where other tests left a large heap
        static long Kept()
        {
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            return GC.GetTotalMemory(forceFullCollection: false);
        }
    }

    [Fact]
    public void Graphs_that_nobody_goes_back_through_make_the_collector_run()
    {
        using var model = new ElectraModel(ElectraConfig.Small with { NumHiddenLayers = 2 });
        using Tensor ids = TinyConfig.Ids(4, 64);
        void Forward()
        {
            using var scope = NewDisposeScope();
            model.forward(ids);
        }

        Forward();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        for (int pass = 0; pass < 100; pass++) Forward(); // each makes more than 50, of 7 MB together
        Assert.InRange(Tensor.TotalCount - before, -100, 2500);
    }
}
