using Electra.Modeling;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Electra.Tests.Modeling.Fused;

public class FusedDetectionHeadTests
{
    private static readonly string[] Names = ["hidden", "dense weight", "dense bias", "prediction weight", "prediction bias"];

    // batch, tokens, width: one row, an odd number, more rows than tiles
    public static TheoryData<int, int, int, ScalarType, double> Cases => new()
    {
        { 1, 1, 16, ScalarType.Float32, 1e-5 },
        { 3, 7, 48, ScalarType.Float32, 1e-5 },
        { 5, 29, 32, ScalarType.Float32, 1e-5 },
        { 1, 1, 16, ScalarType.BFloat16, 1e-2 },
        { 3, 7, 48, ScalarType.BFloat16, 1e-2 },
        { 5, 29, 32, ScalarType.BFloat16, 1e-2 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_and_every_gradient_agree_with_the_composed_head(int batch, int tokens, int width, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        DetectionHeadParameters<Tensor> parameters = Parameters(generator, width);
        // Rows in an order of memory that is not theirs; rounded, so that both ways start from the same numbers.
        Tensor hidden = Random(generator, tokens, batch, width).to(dtype).to(ScalarType.Float32).transpose(0, 1).requires_grad_(true);
        Tensor gradient = Random(generator, tokens, batch).t();
        Tensor[] all = [hidden, .. parameters.ToArray()];

        Tensor expected = Composed(hidden, parameters);
        expected.backward([gradient]);
        Tensor[] expectedGradients = [.. all.Select(t => t.grad!.clone())];
        foreach (bool inPlace in new[] { false, true })
        {
            Tensor[] before = [.. all.Select(t => Random(generator, t.shape))]; // what is there is added to
            for (int i = 0; i < all.Length; i++) all[i].grad!.copy_(before[i]);
            Tensor actual = FusedDetectionHead.Run(hidden.to(dtype), parameters, inPlace ? parameters.Map(parameter => parameter.grad) : null);
            Assert.Equal(ScalarType.Float32, actual.dtype);
            actual.backward([gradient]);
            Near.Assert(expected, actual, tolerance, "logits");
            for (int i = 0; i < all.Length; i++) Near.Assert(expectedGradients[i], all[i].grad! - before[i], tolerance, $"{Names[i]}, in place: {inPlace}");
        }
    }

    [Fact]
    public void The_gradient_of_a_plain_sum_is_read_as_what_it_is()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        DetectionHeadParameters<Tensor> parameters = Parameters(generator, 32);
        Tensor hidden = Random(generator, 2, 5, 32).requires_grad_(true);
        FusedDetectionHead.Run(hidden, parameters, null).sum().backward(); // one element, expanded
        Tensor actual = hidden.grad!.clone();
        hidden.grad!.zero_();
        Composed(hidden, parameters).sum().backward();
        Near.Assert(hidden.grad!, actual, 1e-5, "hidden");
    }

    [Fact]
    public void Below_a_frozen_encoder_parameters_get_their_gradients_all_the_same()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        DetectionHeadParameters<Tensor> parameters = Parameters(generator, 32);
        Tensor hidden = Random(generator, 2, 5, 32);
        Composed(hidden, parameters).square().sum().backward();
        Tensor[] expected = [.. parameters.ToArray().Select(t => t.grad!.clone())];
        foreach (Tensor parameter in parameters.ToArray()) parameter.grad!.zero_();
        FusedDetectionHead.Run(hidden, parameters, parameters.Map(parameter => parameter.grad)).square().sum().backward();
        for (int i = 0; i < expected.Length; i++) Near.Assert(expected[i], parameters.ToArray()[i].grad!, 1e-5, Names[i + 1]);
    }

    private static Tensor Random(Generator generator, params long[] shape) => TorchSharp.torch.randn(shape, generator: generator);

    private static DetectionHeadParameters<Tensor> Parameters(Generator generator, int width)
    {
        Tensor Make(double deviation, params long[] shape) => (Random(generator, shape) * deviation).requires_grad_(true);
        return new(Make(1 / Math.Sqrt(width), width, width), Make(0.3, width), Make(0.3, 1, width), Make(0.3, 1));
    }

    private static Tensor Composed(Tensor hidden, DetectionHeadParameters<Tensor> p) =>
        F.linear(F.gelu(F.linear(hidden, p.DenseWeight, p.DenseBias)), p.PredictionWeight, p.PredictionBias).squeeze(-1);
}
