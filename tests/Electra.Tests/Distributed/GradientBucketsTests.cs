using Electra.Modeling;
using Electra.Native;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Distributed;

/// <summary>Gradients that are summed piece by piece while the backward pass goes on.</summary>
public class GradientBucketsTests
{
    private const int BucketBytes = 1024;

    [Fact]
    public void Pieces_are_summed_once_whole_and_in_an_order_that_only_the_networks_decide()
    {
        var group = new DoubledGroup();
        using var model = new ElectraPretrainingModel(SyntheticCorpus.Config(dropout: 0), new PretrainingModelOptions());
        model.Train();
        using FlatParameters parameters = model.Networks.Flatten(ParameterGroups.WithDecay(0.01));
        using var buckets = new GradientBuckets(group, parameters, model.Networks, new DataParallelOptions { BucketBytes = BucketBytes });
        using Tensor ids = randint(5, SyntheticCorpus.Words, [2, 24], ScalarType.Int64);
        using Tensor alone = Gradients(model, parameters, ids, parts: 2, null);

        using Tensor overlapped = Gradients(model, parameters, ids, parts: 2, buckets);
        int early = buckets.Overlapped;
        (nint, long)[] order = [.. group.Sums];
        Assert.InRange(early, 1, order.Length - 1); // layers of the discriminator, but not what comes after the layers
        Assert.Equal(order.Length, order.Distinct().Count());
        Assert.Equal(parameters.Gradients.numel(), order.Sum(sum => sum.Item2));
        using (Tensor twice = alone.mul(Scalars.Of(2))) Assert.True(twice.eq(overlapped).all().item<bool>());

        // two ways forward through one network: its gradients are whole after the second way back
        group.Sums.Clear();
        model.UseFusedKernels = true;
        using Tensor both = Gradients(model, parameters, ids, parts: 1, buckets, passes: 2);
        Assert.Equal(order, group.Sums);
        Assert.InRange(buckets.Overlapped, 1, early);
        using (Tensor fourfold = alone.mul(Scalars.Of(2))) Assert.InRange(both.sub(fourfold).abs().max().item<float>(), 0, 1e-6f);
        model.Networks.Release();
    }

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, false)] // parameters are cast within the layers
    public void Composed_layers_tell_too_when_they_are_whole(ScalarType dtype, bool recompute)
    {
        var group = new DoubledGroup();
        using var model = new ElectraPretrainingModel(SyntheticCorpus.Config(dropout: 0), new PretrainingModelOptions());
        (model.ComputeDtype, model.UseFusedKernels, model.Discriminator.Electra.RecomputeActivations) = (dtype, false, recompute);
        model.Train();
        using FlatParameters parameters = model.Networks.Flatten(ParameterGroups.WithDecay(0.01));
        using var buckets = new GradientBuckets(group, parameters, model.Networks, new DataParallelOptions { BucketBytes = BucketBytes });
        using Tensor ids = randint(5, SyntheticCorpus.Words, [2, 24], ScalarType.Int64);
        foreach (int passes in (int[])[1, 2])
        {
            using Tensor alone = Gradients(model, parameters, ids, parts: 2, null, passes);
            group.Sums.Clear();
            using Tensor overlapped = Gradients(model, parameters, ids, parts: 2, buckets, passes);
            Assert.InRange(buckets.Overlapped, 1, group.Sums.Count - 1);
            using Tensor twice = alone.mul(Scalars.Of(2)); // what was summed before it was whole would not be
            Assert.True(twice.eq(overlapped).all().item<bool>());
        }

        model.Networks.Release();
    }

    // Two passes or parts over the same text have twice the gradient of one.
    private static Tensor Gradients(ElectraPretrainingModel model, FlatParameters parameters, Tensor ids, int parts, GradientBuckets? buckets, int passes = 1)
    {
        parameters.ZeroGradients();
        for (int part = 0; part < parts; part++)
        {
            if (part == parts - 1) buckets?.Begin();
            using var scope = NewDisposeScope();
            Tensor loss = zeros([]);
            for (int pass = 0; pass < passes; pass++) loss = loss.add(model.Discriminator.forward(ids).square().sum(), Scalars.One);
            BackwardPass.Run(loss);
        }

        buckets?.Complete();
        return parameters.Gradients.clone();
    }
}
