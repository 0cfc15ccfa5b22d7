using Electra.Modeling.Fused;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Electra.Tests.Modeling.Fused;

public class FusedMaskedLMLossTests
{
    [Theory]
    [InlineData(37, 24, 99, ScalarType.Float32, 1e-5)]
    [InlineData(70, 16, 1000, ScalarType.Float32, 1e-5)]
    [InlineData(3, 16, 256, ScalarType.Float32, 1e-5)]
    [InlineData(900, 32, 30522, ScalarType.Float32, 1e-4)] // more than one chunk
    [InlineData(70, 16, 1000, ScalarType.BFloat16, 2e-2)]
    public void Loss_and_gradients_agree_with_the_composed_ones(int rows, int width, int words, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor Random(params long[] shape) => TorchSharp.torch.randn(shape, generator: generator);
        Tensor features = Random(rows, width).requires_grad_(true), table = Random(words, width).requires_grad_(true);
        Tensor bias = Random(words).requires_grad_(true);
        Tensor ids = randint(0, words, [rows], ScalarType.Int64), weights = rand(rows).gt(0.2).to(ScalarType.Float32);

        Tensor expected = (F.cross_entropy(F.linear(features, table, bias), ids, reduction: nn.Reduction.None) * weights).sum() / 7;
        expected.backward();
        Tensor[] all = [features, table, bias];
        Tensor[] gradients = [.. all.Select(t => t.grad!.clone())];
        foreach (Tensor t in all) t.grad!.zero_();

        Tensor loss = FusedMaskedLMLoss.Run(features.to(dtype), table, bias, new MaskedLMTargets(ids, weights, null, null)) / 7;
        loss.backward();
        AssertClose(expected, loss);
        for (int i = 0; i < all.Length; i++) AssertClose(gradients[i], all[i].grad!);

        using var noGrad = no_grad();
        Tensor evaluated = FusedMaskedLMLoss.Run(features.to(dtype), table, bias, new MaskedLMTargets(ids, weights, null, null)) / 7;
        Assert.Equal(loss.item<float>(), evaluated.item<float>());

        void AssertClose(Tensor a, Tensor b) => Assert.True(((a - b).norm() / a.norm()).item<float>() <= tolerance);
    }

    [Fact]
    public void Samples_follow_the_distribution()
    {
        using var scope = NewDisposeScope();
        const int draws = 200_000, words = 300;
        Tensor bias = linspace(-3, 3, words);
        Tensor samples = empty([draws], ScalarType.Int64);
        using var generator = new Generator(5);
        MaskedLMTargets targets = new(zeros([draws], ScalarType.Int64), ones(draws), TorchSharp.torch.rand([draws], generator: generator), samples);
        using (no_grad()) FusedMaskedLMLoss.Run(zeros(draws, 16), zeros(words, 16), bias, targets).Dispose();
        Tensor expected = F.softmax(bias, -1) * draws;
        Tensor counts = samples.bincount(null, words).to(ScalarType.Float32);
        double chiSquare = ((counts - expected).square() / expected).sum().item<float>();
        Assert.InRange(chiSquare, 299 - (5 * Math.Sqrt(2 * 299)), 299 + (5 * Math.Sqrt(2 * 299)));
    }
}
