using Electra.Modeling;
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
    [InlineData(900, 32, 30522, ScalarType.BFloat16, 2e-2)]
    public void Loss_and_gradients_agree_with_the_composed_ones(int rows, int width, int words, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor Random(params long[] shape) => TorchSharp.torch.randn(shape, generator: generator);
        Tensor features = Random(rows, width).requires_grad_(true), table = Random(words, width).requires_grad_(true);
        Tensor bias = Random(words).requires_grad_(true);
        Tensor ids = randint(0, words, [rows], ScalarType.Int64), weights = rand(rows).gt(0.2).to(ScalarType.Float32);

        Tensor losses = F.cross_entropy(F.linear(features, table, bias), ids, reduction: nn.Reduction.None) * weights;
        Tensor expected = losses.sum() / 7;
        expected.backward();
        Tensor[] all = [features, table, bias];
        Tensor[] gradients = [.. all.Select(t => t.grad!.clone())];

        // Handed to autograd, and added in place to what is there.
        foreach ((Tensor, Tensor)? inPlace in new (Tensor, Tensor)?[] { null, (table.grad!, bias.grad!) })
        {
            for (int i = 0; i < all.Length; i++) all[i].grad!.copy_(gradients[i] * -2);
            MaskedLMTargets targets = Targets(ids, weights);
            Tensor loss = FusedMaskedLMLoss.Run(features.to(dtype), table, bias, targets, inPlace) / 7;
            loss.backward();
            Near.Assert(expected, loss, tolerance, "loss");
            Near.Assert(losses, targets.Losses, tolerance, "losses");
            for (int i = 0; i < all.Length; i++)
                Near.Assert(gradients[i], all[i].grad! + (gradients[i] * 2), tolerance, $"gradient {i}, in place: {inPlace is not null}");

            using var noGrad = no_grad();
            Tensor evaluated = FusedMaskedLMLoss.Run(features.to(dtype), table, bias, Targets(ids, weights)) / 7;
            Assert.Equal(loss.item<float>(), evaluated.item<float>());
        }
    }

    [Fact]
    public void In_place_autograd_is_told_of_no_parameter()
    {
        using var scope = NewDisposeScope();
        Tensor features = randn(5, 16).requires_grad_(true), table = randn(50, 16).requires_grad_(true), bias = randn(50).requires_grad_(true);
        Tensor gradTable = zeros(50, 16), gradBias = zeros(50);
        FusedMaskedLMLoss.Run(features, table, bias, Targets(arange(5), ones(5)), (gradTable, gradBias)).backward();
        Assert.True(table.grad is null && bias.grad is null);
        Assert.True(gradTable.norm().item<float>() > 0 && gradBias.norm().item<float>() > 0 && features.grad!.norm().item<float>() > 0);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)] // in which many of these logits are equal
    public void A_hit_is_where_the_right_word_is_the_first_of_the_likeliest(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator(4);
        Tensor features = TorchSharp.torch.randn([400, 16], generator: generator).to(dtype), table = TorchSharp.torch.randn([300, 16], generator: generator);
        Tensor bias = zeros(300), weights = TorchSharp.torch.rand([400], generator: generator).gt(0.2).to(ScalarType.Float32);
        Tensor likeliest = mm(features, table.to(dtype).t()).to(ScalarType.Float32).argmax(1);
        Tensor ids = where(TorchSharp.torch.rand([400], generator: generator).gt(0.5), likeliest, likeliest.add(1).remainder(300));
        MaskedLMTargets targets = Targets(ids, weights);
        FusedMaskedLMLoss.Run(features, table, bias, targets);
        Assert.Equal(likeliest.eq(ids).mul(weights).data<float>().ToArray(), targets.Hits.data<float>().ToArray());
    }

    [Fact]
    public void A_network_to_which_all_words_are_alike_is_right_about_one_of_them()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        MaskedLMTargets targets = Targets(arange(100), ones(100));
        FusedMaskedLMLoss.Run(zeros(100, 16), zeros(100, 16), zeros(100), targets);
        Assert.Equal(1, targets.Hits.sum().item<float>());
    }

    [Fact]
    public void Samples_follow_the_distribution()
    {
        using var scope = NewDisposeScope();
        const int draws = 200_000, words = 300;
        Tensor bias = linspace(-3, 3, words);
        Tensor samples = empty([draws], ScalarType.Int64);
        using var generator = new Generator(5);
        MaskedLMTargets targets = Targets(zeros([draws], ScalarType.Int64), ones(draws)) with
        {
            Uniform = TorchSharp.torch.rand([draws], generator: generator),
            Samples = samples,
        };
        using (no_grad()) FusedMaskedLMLoss.Run(zeros(draws, 16), zeros(words, 16), bias, targets).Dispose();
        Tensor expected = F.softmax(bias, -1) * draws;
        Tensor counts = samples.bincount(null, words).to(ScalarType.Float32);
        double chiSquare = ((counts - expected).square() / expected).sum().item<float>();
        Assert.InRange(chiSquare, 299 - (5 * Math.Sqrt(2 * 299)), 299 + (5 * Math.Sqrt(2 * 299)));
    }

    private static MaskedLMTargets Targets(Tensor ids, Tensor weights) => new(ids, weights, empty_like(weights), empty_like(weights), null, null);
}
