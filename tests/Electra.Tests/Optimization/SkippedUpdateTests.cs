using Electra.Optimization;
using Electra.Tests.Cuda;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Optimization;

/// <summary>An update whose gradient norm is not finite, as the CPU leaves it out, and by the way of a GPU, which a CPU can go too.</summary>
public class SkippedUpdateTests
{
    [SkippableTheory]
    [InlineData(AdamWFlavor.Standard, false, true, false)]
    [InlineData(AdamWFlavor.Standard, false, false, false)]
    [InlineData(AdamWFlavor.Standard, true, true, false)]
    [InlineData(AdamWFlavor.Standard, true, false, false)]
    [InlineData(AdamWFlavor.Google, false, true, false)]
    [InlineData(AdamWFlavor.Google, false, false, false)]
    [InlineData(AdamWFlavor.Standard, false, false, true)]
    [InlineData(AdamWFlavor.Standard, true, false, true)]
    [InlineData(AdamWFlavor.Google, false, false, true)]
    public void Nothing_changes_and_later_updates_are_those_of_a_run_without_it(AdamWFlavor flavor, bool muon, bool readsFlag, bool onGpu)
    {
        Device where = onGpu ? CudaDevice.RequireGpu() : CPU;
        float[] expected = Run(skips: false), actual = Run(skips: true);
        Assert.Equal(expected, actual);

        float[] Run(bool skips)
        {
            using var scope = NewDisposeScope();
            var generator = new Generator(4);
            (string, Parameter)[] parameters =
                [("matrix", new Parameter(randn([6, 4], generator: generator).to(where))), ("bias", new Parameter(randn([5], generator: generator).to(where)))];
            using FlatParameters flat = new(parameters, name => new ParameterGroup(name == "bias" ? 0 : 0.1) { IsOrthogonalized = muon && name == "matrix" });
            using FusedAdamW optimizer = new(flat, new AdamWOptions { Flavor = flavor }, muon ? new MuonOptions() : null, ScalarType.Float32, readsFlag);
            Tensor[] state = [flat.Values, .. optimizer.State().Select(item => item.Tensor)];
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity, 3e20f }) // the square of the last is infinite
            {
                if (skips)
                {
                    Tensor[] before = [.. state.Select(tensor => tensor.clone())];
                    using (no_grad()) flat.Gradients.fill_(1).narrow(0, 3, 1).fill_(bad);
                    optimizer.Step(0.1, flat.GradientNorm());
                    Assert.Equal(1, optimizer.Skipped.cpu().item<float>());
                    foreach ((Tensor was, Tensor now) in before.Zip(state)) Assert.True(was.eq(now).all().cpu().item<bool>());
                }

                using (no_grad()) flat.Gradients.copy_(randn(flat.Gradients.shape, generator: generator));
                optimizer.Step(0.1);
                Assert.Equal(0, optimizer.Skipped.cpu().item<float>());
            }

            return [.. state.SelectMany(tensor => tensor.cpu().contiguous().view(-1).data<float>().ToArray())];
        }
    }

    [Fact]
    public void Googles_updates_are_the_same_by_the_way_of_a_gpu()
    {
        float[] Run(bool readsFlag)
        {
            using var scope = NewDisposeScope();
            var generator = new Generator(4);
            using FlatParameters flat = new([("weight", new Parameter(randn([50], generator: generator)))], _ => new ParameterGroup(0.1));
            using FusedAdamW optimizer = new(flat, new AdamWOptions { Flavor = AdamWFlavor.Google }, null, ScalarType.Float32, readsFlag);
            for (int step = 0; step < 5; step++)
            {
                using (no_grad()) flat.Gradients.copy_(randn(flat.Gradients.shape, generator: generator));
                optimizer.Step(0.01);
            }

            return flat.Values.data<float>().ToArray();
        }

        float[] expected = Run(true), actual = Run(false);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-6);
    }
}
