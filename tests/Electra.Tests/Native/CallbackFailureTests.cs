using System.Runtime.InteropServices;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Native;
using Electra.Tests.Modeling;
using Electra.Tests.Native.Kernels;
using static TorchSharp.torch;

namespace Electra.Tests.Native;

/// <summary>libtorch calls back into managed code; an exception that leaves it there would end the process.</summary>
public unsafe class CallbackFailureTests
{
    private static int _runs;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_tile_that_throws_is_heard_of_when_the_others_are_done(int threads) => ThreadCounts.With(threads, () =>
    {
        _runs = 0;
        Assert.Equal("tile 3", Assert.Throws<InvalidTimeZoneException>(() => Tiles.RunEach(64, null, &ThrowAtThree)).Message);
        if (threads > 1) Assert.Equal(64, _runs); // the other threads go on
        Assert.Throws<InvalidTimeZoneException>(() => Tiles.RunEach(64, null, &ThrowAlways)); // one of them, and nothing is kept
        _runs = 0;
        Tiles.RunEach(3, null, &ThrowAtThree);
        Assert.Equal(3, _runs);
    });

    [Fact]
    public void So_is_a_chunk_of_a_plain_loop() =>
        ThreadCounts.With(2, () => Assert.Throws<InvalidTimeZoneException>(() => Aten.ParallelFor(2, &ThrowChunk, null)));

    [Fact]
    public void So_is_a_part_of_a_batch() => ThreadCounts.With(2, () =>
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraModel(ElectraConfig.Tiny with { VocabSize = 99 });
        using var noGradient = no_grad();
        Tensor ids = zeros([16, 256], ScalarType.Int64);
        Assert.True(is_grad_enabled() == false && model.forward(ids).shape[0] == 16);
        model.Encoder.Parameters[1].AttentionOutputBias.Dispose(); // first touched by the kernels
        Assert.ThrowsAny<Exception>(() => model.forward(ids));
        Assert.False(is_grad_enabled());
    });

    [Theory]
    [InlineData(true)]  // a fused encoder
    [InlineData(false)] // composed layers that are computed again
    public void What_goes_wrong_on_the_way_back_is_an_exception_of_backward(bool fused)
    {
        using var scope = NewDisposeScope();
        Tensor LossOfBrokenModel()
        {
            var model = new ElectraForPreTraining(ElectraConfig.Tiny with { VocabSize = 99 }, seed: 2);
            (model.Electra.UseFusedKernels, model.Electra.RecomputeActivations) = (fused, !fused);
            Tensor loss = model.forward(TinyConfig.Ids(2, 8)).square().sum();
            foreach (EncoderLayerParameters<Tensor> layer in model.Electra.Encoder.Parameters) layer.OutputNormWeight.Dispose();
            return loss;
        }

        Assert.ThrowsAny<ExternalException>(() => LossOfBrokenModel().backward()); // libtorch's, which knows no reason
        Exception reason = Assert.ThrowsAny<Exception>(() => BackwardPass.Run(LossOfBrokenModel()));
        Assert.IsNotType<ExternalException>(reason);
        using var model = new ElectraForPreTraining(ElectraConfig.Tiny with { VocabSize = 99 });
        BackwardPass.Run(model.forward(TinyConfig.Ids(2, 8)).square().sum()); // and the next is none the wiser
    }

    private static void ThrowAtThree(void* arguments, long tile)
    {
        Interlocked.Increment(ref _runs);
        if (tile == 3) throw new InvalidTimeZoneException("tile 3");
    }

    private static void ThrowAlways(void* arguments, long tile) => throw new InvalidTimeZoneException();

    private static void ThrowChunk(void* context, long begin, long end) => throw new InvalidTimeZoneException();
}
