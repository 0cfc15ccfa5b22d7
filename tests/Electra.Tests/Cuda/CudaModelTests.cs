using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Modeling;
using Electra.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Cuda;

public class CudaModelTests
{
    private static readonly int[] Lengths = [9, 4, 7];
    private static readonly ElectraConfig WithoutDropout = TinyConfig.Value with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 };

    // Head size 16, which flash attention takes; the tiny configuration's 12 it does not.
    private static readonly ElectraConfig Flash = WithoutDropout with { HiddenSize = 48 };

    [SkippableTheory]
    [InlineData(ScalarType.Float32, 1e-3)]
    [InlineData(ScalarType.BFloat16, 0.08)]
    public void A_gpu_computes_what_the_cpu_computes(ScalarType dtype, double tolerance)
    {
        Device device = CudaDevice.Require();
        using DisposeScope scope = NewDisposeScope();
        using var onCpu = new ElectraForMaskedLM(WithoutDropout, CPU, seed: 5);
        using var onGpu = new ElectraForMaskedLM(WithoutDropout, device, seed: 5);
        onGpu.Electra.ComputeDtype = dtype;
        Tensor ids = TinyConfig.Ids(3, 9), mask = Mask();

        Tensor expected = onCpu.forwardAt(ids, mask, ids % 2, ids % 4);
        Tensor actual = onGpu.forwardAt(ids.to(device), mask.to(device), (ids % 2).to(device), (ids % 4).to(device));
        expected.pow(2).sum().backward();
        actual.pow(2).sum().backward();

        CudaDevice.IsClose(expected, actual, tolerance);
        CudaDevice.AreGradientsClose(onCpu, onGpu, tolerance);
    }

    [SkippableFact]
    public void Flash_attention_over_packed_tokens_computes_what_the_cpu_computes_over_padded_ones()
    {
        Device device = CudaDevice.RequireFlash();
        using DisposeScope scope = NewDisposeScope();
        using var onCpu = new ElectraForMaskedLM(Flash, CPU, seed: 5);
        using var onGpu = new ElectraForMaskedLM(Flash, device, seed: 5);
        onGpu.Electra.ComputeDtype = ScalarType.BFloat16;
        Tensor ids = TinyConfig.Ids(3, 9), mask = Mask(), positions = ids % 4;
        Assert.True(onGpu.Electra.CanPack);

        Tensor expected = onCpu.forwardAt(ids, mask, ids % 2, positions);
        Tensor actual = onGpu.forwardAt(
            ids.to(device), mask.to(device), (ids % 2).to(device), positions.to(device), PackedSequences.Of(Lengths, 9, device));
        expected.pow(2).sum().backward();
        actual.pow(2).sum().backward();

        CudaDevice.IsClose(expected, actual, 0.08);
        CudaDevice.AreGradientsClose(onCpu, onGpu, 0.08);
    }

    [SkippableTheory]
    [InlineData(ScalarType.Float32, false, 1e-4)]
    [InlineData(ScalarType.BFloat16, false, 0.02)]
    [InlineData(ScalarType.BFloat16, true, 0.02)]
    public void Recomputing_drops_out_the_same(ScalarType dtype, bool packed, double tolerance)
    {
        Device device = packed ? CudaDevice.RequireFlash() : CudaDevice.Require();
        using DisposeScope scope = NewDisposeScope();
        ElectraConfig config = Flash with { NumHiddenLayers = 1, HiddenDropoutProb = 0.2, AttentionProbsDropoutProb = 0.3 };
        ElectraModel Model(bool recompute)
        {
            var model = new ElectraModel(config, device, seed: 5) { ComputeDtype = dtype, RecomputeActivations = recompute };
            model.Embeddings.eval(); // all draws are then the layer's
            model.Dropout.Restart(11);
            return model;
        }

        using ElectraModel kept = Model(false), recomputed = Model(true);
        Tensor ids = TinyConfig.Ids(3, 9).to(device), mask = Mask().to(device);
        PackedSequences? layout = packed ? PackedSequences.Of(Lengths, 9, device) : null;

        Tensor actual = recomputed.forward(ids, mask, layout: layout);
        actual.to(ScalarType.Float32).pow(2).sum().backward();
        cuda.manual_seed_all(new DropoutStream(11).NextSeed()); // what the recomputed layer starts from
        Tensor expected = kept.forward(ids, mask, layout: layout);
        expected.to(ScalarType.Float32).pow(2).sum().backward();

        CudaDevice.IsClose(expected, actual, tolerance);
        CudaDevice.AreGradientsClose(kept, recomputed, tolerance);
        Assert.True((actual - kept.forward(ids, mask, layout: layout)).abs().max().to(ScalarType.Float32).item<float>() > tolerance);
    }

    [SkippableFact]
    public void Recomputing_leaves_no_tensor_behind_in_the_thread_of_the_gpu()
    {
        Device device = CudaDevice.Require();
        using var model = new ElectraModel(TinyConfig.Value, device, seed: 5) { RecomputeActivations = true };
        TensorLeak.AssertNone(() =>
        {
            using DisposeScope step = NewDisposeScope();
            model.forward(TinyConfig.Ids(3, 9).to(device), Mask().to(device)).sum().backward();
        });
    }

    private static Tensor Mask() => arange(9).lt(tensor(Lengths).unsqueeze(1)).to(ScalarType.Int64);
}
