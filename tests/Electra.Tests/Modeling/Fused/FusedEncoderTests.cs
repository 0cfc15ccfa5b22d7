using Electra.Configuration;
using Electra.Modeling;
using Electra.Native;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Electra.Tests.Modeling.Fused;

public class FusedEncoderTests
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
    public void Output_and_every_gradient_agree_with_the_composed_layers(int hidden, int heads, int intermediate, int batch, int tokens)
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
        using var pool = new EncoderWorkspacePool();
        Tensor Random(double deviation, params long[] shape) =>
            (TorchSharp.torch.randn(shape, generator: generator) * deviation).requires_grad_(true);
        EncoderLayerParameters<Tensor> Layer() => new(
            Random(0.12, hidden, hidden), Random(0.3, hidden), Random(0.12, hidden, hidden), Random(0.3, hidden),
            Random(0.12, hidden, hidden), Random(0.3, hidden), Random(0.12, hidden, hidden), Random(0.3, hidden),
            Random(1, hidden), Random(0.3, hidden), Random(0.12, intermediate, hidden), Random(0.3, intermediate),
            Random(0.12, hidden, intermediate), Random(0.3, hidden), Random(1, hidden), Random(0.3, hidden));
        EncoderLayerParameters<Tensor>[] parameters = [Layer(), Layer(), Layer()];
        Tensor input = Random(1, batch, tokens, hidden), gradient = Random(1, batch, tokens, hidden).detach();
        Tensor keyBias = zeros(batch, tokens);
        if (tokens > 2) keyBias.narrow(1, tokens - 2, 2).fill_(-1e9);
        EncoderLayerSettings[] settings = [.. parameters.Select((_, i) => new EncoderLayerSettings(1e-12, dropout, dropout, 12345 + (ulong)(i * 77), keyBias))];
        EncoderPass Pass(ActivationKeeping keeping, IReadOnlyList<EncoderLayerParameters<Tensor?>>? gradients = null) => new(
            pool, new EncoderShape(batch, tokens, hidden, heads, intermediate, parameters.Length, dtype, keeping), parameters, gradients, settings);

        Tensor expected = input;
        for (int i = 0; i < parameters.Length; i++) expected = Composed(expected, heads, parameters[i], settings[i]);
        expected.backward([gradient]);
        Tensor[] all = [input, .. parameters.SelectMany(layer => layer.ToArray())];
        Tensor[] expectedGradients = [.. all.Select(t => t.grad!.clone())];

        // Handed to autograd, and added to the gradients in place: the second pass finds the buffers that the first left.
        EncoderLayerParameters<Tensor?>[] inPlace = [.. parameters.Select(layer => layer.Map(parameter => parameter.grad))];
        foreach (EncoderLayerParameters<Tensor?>[]? gradients in new[] { null, inPlace })
        {
            foreach (Tensor t in all) t.grad!.zero_();
            EncoderPass pass = Pass(recompute ? ActivationKeeping.LayerInputs : ActivationKeeping.All, gradients);
            Tensor actual = FusedEncoder.Run(input.to(dtype), pass).to(ScalarType.Float32);
            actual.backward([gradient]);
            Near.Assert(expected, actual, tolerance, "output");
            for (int i = 0; i < all.Length; i++)
            {
                if (parameters.Any(layer => ReferenceEquals(all[i], layer.KeyBias))) continue; // the softmax cancels it: rounding alone
                Near.Assert(expectedGradients[i], all[i].grad!, tolerance, $"gradient {i}");
            }

            foreach (EncoderLayerParameters<Tensor> layer in parameters)
            {
                double rounding = tolerance * layer.QueryBias.grad!.norm().item<float>() * 10;
                Assert.True(layer.KeyBias.grad!.norm().item<float>() <= rounding + tolerance, "key bias gradient is not 0");
            }

            using var noGrad = no_grad();
            Assert.True(FusedEncoder.Run(input.to(dtype), Pass(ActivationKeeping.None)).to(ScalarType.Float32).eq(actual).all().item<bool>());
        }
    }

    [Fact]
    public void Passes_that_overlap_do_not_disturb_each_other()
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraModel(ElectraConfig.Tiny with { VocabSize = 99, HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 });
        Tensor first = arange(16, ScalarType.Int64).view(2, 8), second = first + 20;
        Tensor Gradient() => model.Encoder.Parameters[0].QueryWeight.grad!;

        (model.forward(first) * 0.5).square().sum().backward();
        (model.forward(second) * 0.5).square().sum().backward();
        Tensor apart = Gradient().clone();
        Gradient().zero_();

        Tensor one = (model.forward(first) * 0.5).square().sum(), other = (model.forward(second) * 0.5).square().sum();
        using (no_grad()) model.forward(second).Dispose();
        (one + other).backward();
        Assert.True(((apart - Gradient()).norm() / apart.norm()).item<float>() < 1e-6);
    }

    [Fact]
    public void A_graph_that_is_gone_through_twice_gives_the_same_gradients_twice()
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraModel(ElectraConfig.Tiny with { VocabSize = 99 });
        Tensor mask = ones([2, 8], ScalarType.Int64);
        mask[1, 7] = 0;
        Tensor loss = model.forward(arange(16, ScalarType.Int64).view(2, 8), mask).square().sum();
        Tensor Gradient() => model.Encoder.Parameters[0].QueryWeight.grad!;
        loss.backward(retain_graph: true);
        Tensor once = Gradient().clone();
        model.forward(arange(20, 36, ScalarType.Int64).view(2, 8)).Dispose(); // takes the buffers
        loss.backward();
        Assert.True((once * 2).eq(Gradient()).all().item<bool>());
    }

    private static Tensor Composed(Tensor input, int heads, EncoderLayerParameters<Tensor> p, EncoderLayerSettings settings)
    {
        long batch = input.shape[0], tokens = input.shape[1], width = input.shape[2], size = width / heads;
        Tensor Split(Tensor weight, Tensor bias) => F.linear(input, weight, bias).view(batch, tokens, heads, size).transpose(1, 2);
        Tensor scores = matmul(Split(p.QueryWeight, p.QueryBias) / Math.Sqrt(size), Split(p.KeyWeight, p.KeyBias).transpose(-1, -2));
        scores += settings.KeyBias!.view(batch, 1, 1, tokens);
        Tensor probabilities = F.softmax(scores, -1) * Mask(settings.Seed, settings.AttentionDropout, scores.shape);
        Tensor context = matmul(probabilities, Split(p.ValueWeight, p.ValueBias)).transpose(1, 2).reshape(batch, tokens, width);
        Tensor attention = F.linear(context, p.AttentionOutputWeight, p.AttentionOutputBias);
        attention *= Mask(settings.Seed + 1, settings.HiddenDropout, attention.shape);
        Tensor result = F.layer_norm(input + attention, [width], p.AttentionNormWeight, p.AttentionNormBias, settings.LayerNormEpsilon);
        Tensor output = F.linear(F.gelu(F.linear(result, p.IntermediateWeight, p.IntermediateBias)), p.OutputWeight, p.OutputBias);
        output *= Mask(settings.Seed + 2, settings.HiddenDropout, output.shape);
        return F.layer_norm(result + output, [width], p.OutputNormWeight, p.OutputNormBias, settings.LayerNormEpsilon);
    }

    private static Tensor Mask(ulong seed, double probability, long[] shape) => DropoutFactors.Of(new DropoutMask(seed, probability), shape);
}
