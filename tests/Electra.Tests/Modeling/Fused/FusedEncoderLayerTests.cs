using System.Runtime.Intrinsics;
using Electra.Modeling.Fused;
using Electra.Native.Kernels;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Electra.Tests.Modeling.Fused;

public class FusedEncoderLayerTests
{
    // hidden, heads, intermediate, batch, tokens: whole vectors of keys, a tail, fewer than a vector, one
    public static TheoryData<int, int, int, int, int> Shapes => new()
    {
        { 32, 2, 64, 3, 16 },
        { 96, 3, 48, 2, 7 },
        { 48, 1, 80, 1, 33 },
        { 64, 4, 96, 5, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Output_and_every_gradient_agree_with_the_composed_layer(int hidden, int heads, int intermediate, int batch, int tokens)
    {
        foreach (bool recompute in new[] { false, true })
        {
            foreach (double dropout in new[] { 0, 0.25 })
            {
                Compare(hidden, heads, intermediate, batch, tokens, dropout, recompute, ScalarType.Float32, 2e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void In_bfloat16_it_agrees_to_the_precision_of_bfloat16(int hidden, int heads, int intermediate, int batch, int tokens) =>
        Compare(hidden, heads, intermediate, batch, tokens, 0.1, false, ScalarType.BFloat16, 0.1);

    private static void Compare(
        int hidden, int heads, int intermediate, int batch, int tokens, double dropout, bool recompute, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        Tensor Random(double deviation, params long[] shape) =>
            (TorchSharp.torch.randn(shape, generator: generator) * deviation).requires_grad_(true);
        EncoderLayerParameters parameters = new(
            Random(0.3, hidden, hidden), Random(0.3, hidden), Random(0.3, hidden, hidden), Random(0.3, hidden),
            Random(0.3, hidden, hidden), Random(0.3, hidden), Random(0.3, hidden, hidden), Random(0.3, hidden),
            Random(1, hidden), Random(0.3, hidden), Random(0.3, intermediate, hidden), Random(0.3, intermediate),
            Random(0.3, hidden, intermediate), Random(0.3, hidden), Random(1, hidden), Random(0.3, hidden));
        Tensor input = Random(1, batch, tokens, hidden), gradient = Random(1, batch, tokens, hidden).detach();
        Tensor keyBias = zeros(batch, tokens);
        if (tokens > 2) keyBias.narrow(1, tokens - 2, 2).fill_(-1e9);
        EncoderLayerSettings settings = new(heads, 1e-12, dropout, dropout, 12345, keyBias, recompute);

        Tensor expected = Composed(input, parameters, settings);
        expected.backward([gradient]);
        Tensor[] all = [input, .. parameters.ToArray()];
        Tensor[] expectedGradients = [.. all.Select(t => t.grad!.clone())];
        foreach (Tensor t in all) t.grad!.zero_();

        Tensor actual = FusedEncoderLayer.Run(input.to(dtype), parameters, settings).to(ScalarType.Float32);
        actual.backward([gradient]);
        AssertClose(expected, actual, tolerance, "output");
        for (int i = 0; i < all.Length; i++)
        {
            if (ReferenceEquals(all[i], parameters.KeyBias)) continue; // the softmax cancels it: its gradient is rounding alone
            AssertClose(expectedGradients[i], all[i].grad!, tolerance, $"gradient {i}");
        }

        double rounding = tolerance * parameters.QueryBias.grad!.norm().item<float>() * 10;
        Assert.True(parameters.KeyBias.grad!.norm().item<float>() <= rounding + tolerance, "key bias gradient is not 0");
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        using Tensor difference = (expected - actual).norm() / (expected.norm() + 1e-3);
        Assert.True(difference.item<float>() <= tolerance, $"{what}: relative difference {difference.item<float>()}");
    }

    private static Tensor Composed(Tensor input, EncoderLayerParameters p, EncoderLayerSettings settings)
    {
        long batch = input.shape[0], tokens = input.shape[1], width = input.shape[2], size = width / settings.Heads;
        Tensor Heads(Tensor weight, Tensor bias) => F.linear(input, weight, bias).view(batch, tokens, settings.Heads, size).transpose(1, 2);
        Tensor scores = matmul(Heads(p.QueryWeight, p.QueryBias) / Math.Sqrt(size), Heads(p.KeyWeight, p.KeyBias).transpose(-1, -2));
        scores += settings.KeyBias!.view(batch, 1, 1, tokens);
        Tensor probabilities = F.softmax(scores, -1) * Mask(settings.Seed, settings.AttentionDropout, scores.shape);
        Tensor context = matmul(probabilities, Heads(p.ValueWeight, p.ValueBias)).transpose(1, 2).reshape(batch, tokens, width);
        Tensor attention = F.linear(context, p.AttentionOutputWeight, p.AttentionOutputBias);
        attention *= Mask(settings.Seed + 1, settings.HiddenDropout, attention.shape);
        Tensor result = F.layer_norm(input + attention, [width], p.AttentionNormWeight, p.AttentionNormBias, settings.LayerNormEpsilon);
        Tensor output = F.linear(F.gelu(F.linear(result, p.IntermediateWeight, p.IntermediateBias)), p.OutputWeight, p.OutputBias);
        output *= Mask(settings.Seed + 2, settings.HiddenDropout, output.shape);
        return F.layer_norm(result + output, [width], p.OutputNormWeight, p.OutputNormBias, settings.LayerNormEpsilon);
    }

    private static Tensor Mask(ulong seed, double probability, long[] shape)
    {
        if (probability == 0) return ones(shape);
        var mask = new DropoutMask(seed, probability);
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
