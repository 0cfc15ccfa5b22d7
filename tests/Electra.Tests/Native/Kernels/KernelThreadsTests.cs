using System.Security.Cryptography;
using Electra.Modeling;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Tests.Native.Kernels;

/// <summary>Every kernel gives the same bits on any number of threads; products, which are libtorch's, play no part here.</summary>
public unsafe class KernelThreadsTests
{
    private const int Batch = 7, Tokens = 19, Heads = 2, Size = 16, Hidden = Heads * Size, Words = 301; // 133 rows: more than tiles
    private const long Rows = Batch * Tokens;

    [Theory]
    [InlineData(nameof(Gelu))]
    [InlineData(nameof(Projection))]
    [InlineData(nameof(LayerNorm))]
    [InlineData(nameof(Softmax))]
    [InlineData(nameof(Layout))]
    [InlineData(nameof(Embedding))]
    [InlineData(nameof(Loss))]
    public void A_kernel_gives_the_same_bits_on_any_number_of_threads(string kernel)
    {
        foreach (ScalarType dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            string[] hashes = [.. new[] { 1, 2, 3 }.Select(threads => ThreadCounts.With(threads, () => Hash(kernel, dtype)))];
            Assert.Equal([hashes[0], hashes[0], hashes[0]], hashes);
        }
    }

    private static string Hash(string kernel, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(21);
        Tensor[] results = dtype == ScalarType.BFloat16 ? Run<BFloat16Element>(kernel, dtype, generator) : Run<Float32Element>(kernel, dtype, generator);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor result in results)
        {
            Tensor whole = result.to(result.dtype == ScalarType.BFloat16 ? ScalarType.Float32 : result.dtype);
            Assert.True(whole.ne(0).any().item<bool>(), $"{kernel} wrote nothing");
            hash.AppendData(whole.bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static Tensor[] Run<T>(string kernel, ScalarType dtype, Generator generator)
        where T : struct, IElement
    {
        Tensor Matrix(params long[] shape) => Vector(shape).to(dtype);
        Tensor Vector(params long[] shape) => TorchSharp.torch.randn(shape, generator: generator);
        return kernel switch
        {
            nameof(Gelu) => Gelu<T>(Matrix, Vector),
            nameof(Projection) => Projection<T>(Matrix, Vector),
            nameof(LayerNorm) => LayerNorm<T>(Matrix, Vector),
            nameof(Softmax) => Softmax<T>(Matrix, Vector),
            nameof(Layout) => Layout<T>(Matrix, Vector),
            nameof(Embedding) => Embedding(dtype, Vector),
            _ => Loss<T>(Matrix, Vector),
        };
    }

    private static Tensor[] Gelu<T>(Func<long[], Tensor> matrix, Func<long[], Tensor> vector)
        where T : struct, IElement
    {
        Tensor input = matrix([Rows, Hidden]), bias = vector([Hidden]), output = zeros_like(input), gradBias = zeros(Hidden);
        Tensor gradient = matrix([Rows, Hidden]), activated = zeros_like(input);
        BiasGelu.Arguments a = new() { Rows = Rows, Width = Hidden, InputStride = Hidden, Input = Data(input), Bias = (float*)Data(bias), Output = Data(output) };
        BiasGelu.Forward<T>(ref a);
        a.GradOutput = a.Output = Data(gradient);
        a.Activated = Data(activated);
        BiasGelu.Backward<T>(ref a, (float*)Data(gradBias));
        return [output, gradient, activated, gradBias];
    }

    private static Tensor[] Projection<T>(Func<long[], Tensor> matrix, Func<long[], Tensor> vector)
        where T : struct, IElement
    {
        Tensor input = matrix([Rows, Hidden]), bias = vector([Hidden]), weights = vector([Hidden]), logits = zeros(Rows);
        Tensor gradient = vector([Rows]), gradInput = zeros_like(input), gradBias = zeros(Hidden), gradWeights = zeros(Hidden);
        GeluProjection.Arguments a = new()
        {
            Rows = Rows,
            Width = Hidden,
            Input = Data(input),
            Bias = (float*)Data(bias),
            Weights = (float*)Data(weights),
            Output = (float*)Data(logits),
        };
        GeluProjection.Forward<T>(ref a);
        a.Output = (float*)Data(gradient);
        a.GradInput = Data(gradInput);
        GeluProjection.Backward<T>(ref a, (float*)Data(gradBias), (float*)Data(gradWeights));
        return [logits, gradInput, gradBias, gradWeights];
    }

    private static Tensor[] LayerNorm<T>(Func<long[], Tensor> matrix, Func<long[], Tensor> vector)
        where T : struct, IElement
    {
        Tensor residual = matrix([Rows, Hidden]), branch = matrix([Rows, Hidden]), output = zeros_like(residual), sum = zeros_like(residual);
        Tensor branchBias = vector([Hidden]), weight = vector([Hidden]), bias = vector([Hidden]), statistics = zeros(2, Rows);
        Tensor gradient = matrix([Rows, Hidden]), gradResidual = zeros_like(residual), gradBranch = zeros_like(residual), grads = zeros(3, Hidden);
        float* mean = (float*)Data(statistics), sums = (float*)Data(grads);
        var mask = new DropoutMask(6, 0.2);
        ResidualLayerNorm.ForwardArguments forward = new()
        {
            Rows = Rows,
            Width = Hidden,
            Epsilon = 1e-6f,
            Residual = Data(residual),
            Branch = Data(branch),
            BranchBias = (float*)Data(branchBias),
            Weight = (float*)Data(weight),
            Bias = (float*)Data(bias),
            Mask = mask,
            Sum = Data(sum),
            Output = Data(output),
            Mean = mean,
            InverseStd = mean + Rows,
        };
        ResidualLayerNorm.Forward<T>(ref forward);
        ResidualLayerNorm.BackwardArguments backward = new()
        {
            Rows = Rows,
            Width = Hidden,
            Sum = Data(sum),
            Mean = mean,
            InverseStd = mean + Rows,
            Weight = (float*)Data(weight),
            GradOutput = Data(gradient),
            GradOutput2 = Data(output),
            Mask = mask,
            GradResidual = Data(gradResidual),
            GradBranch = Data(gradBranch),
        };
        ResidualLayerNorm.Backward<T>(ref backward, sums, sums + Hidden, sums + (2 * Hidden));
        return [output, sum, statistics, gradResidual, gradBranch, grads];
    }

    private static Tensor[] Softmax<T>(Func<long[], Tensor> matrix, Func<long[], Tensor> vector)
        where T : struct, IElement
    {
        Tensor scores = matrix([Rows * Heads, Tokens]), probabilities = zeros_like(scores), dropped = zeros_like(scores), bias = vector([Batch, Tokens]);
        Tensor gradient = matrix([Rows * Heads, Tokens]), again = zeros_like(scores);
        AttentionSoftmax.Arguments a = new()
        {
            Rows = Rows * Heads,
            Keys = Tokens,
            RowsPerSequence = Heads * Tokens,
            KeyBias = (float*)Data(bias),
            Mask = new DropoutMask(6, 0.2),
            Scores = Data(scores),
            Probabilities = Data(probabilities),
            Dropped = Data(dropped),
        };
        AttentionSoftmax.Forward<T>(ref a);
        a.Scores = Data(gradient);
        a.Dropped = Data(again);
        AttentionSoftmax.Backward<T>(ref a);
        if (typeof(T) == typeof(Float32Element)) Assert.True(again.eq(dropped).all().item<bool>(), "the backward pass drops others");
        return [probabilities, dropped, gradient, again];
    }

    private static Tensor[] Layout<T>(Func<long[], Tensor> matrix, Func<long[], Tensor> vector)
        where T : struct, IElement
    {
        Tensor rows = matrix([Rows, 3 * Hidden]), bias = vector([3 * Hidden]), back = zeros_like(rows), grads = zeros(3, Hidden);
        Tensor[] parts = [.. Enumerable.Range(0, 3).Select(_ => zeros([Rows, Hidden], rows.dtype))];
        float* sums = (float*)Data(grads);
        HeadLayout.Arguments a = new()
        {
            Batch = Batch,
            Tokens = Tokens,
            Heads = Heads,
            Size = Size,
            Parts = 3,
            FirstScale = 0.25f,
            Rows = Data(rows),
            Part0 = Data(parts[0]),
            Part1 = Data(parts[1]),
            Part2 = Data(parts[2]),
            Bias = (float*)Data(bias),
        };
        HeadLayout.Split<T>(ref a);
        a.Rows = Data(back);
        HeadLayout.Merge<T>(ref a, sums, sums + Hidden, sums + (2 * Hidden));
        return [.. parts, back, grads];
    }

    private static Tensor[] Embedding(ScalarType dtype, Func<long[], Tensor> vector)
    {
        EmbeddingParameters<Tensor> parameters = new(vector([Words, Hidden]), vector([Tokens, Hidden]), vector([2, Hidden]), vector([Hidden]), vector([Hidden]));
        foreach (Tensor parameter in parameters.ToArray()) parameter.requires_grad_(true);
        Tensor ids = (arange(Rows, ScalarType.Int64) * 5 % 11).view(Batch, Tokens);
        Tensor output = FusedEmbeddings.Run(ids, ids % 2, null, new(parameters, null, 0, 1e-6, new DropoutMask(6, 0.2), dtype));
        output.backward([vector([Batch, Tokens, Hidden]).to(dtype)]);
        return [output, .. parameters.ToArray().Select(parameter => parameter.grad!)];
    }

    private static Tensor[] Loss<T>(Func<long[], Tensor> matrix, Func<long[], Tensor> vector)
        where T : struct, IElement
    {
        Tensor logits = matrix([Rows, Words]), bias = vector([Words]), targets = arange(Rows, ScalarType.Int64), weights = ones(Rows);
        Tensor uniform = vector([Rows]).sigmoid(), samples = zeros([Rows], ScalarType.Int64), gradBias = zeros(Words);
        Tensor losses = zeros(Rows), hits = zeros(Rows);
        logits[3, 3].add_(20); // a hit
        SoftmaxCrossEntropy.Arguments a = new()
        {
            Rows = Rows,
            Words = Words,
            Logits = Data(logits),
            Bias = (float*)Data(bias),
            Targets = (long*)Data(targets),
            Weights = (float*)Data(weights),
            Uniform = (float*)Data(uniform),
            Samples = (long*)Data(samples),
            Losses = (float*)Data(losses),
            Hits = (float*)Data(hits),
            WantsGradient = true,
        };
        SoftmaxCrossEntropy.Run<T>(ref a, (float*)Data(gradBias));
        return [logits, samples, losses, hits, gradBias];
    }

    private static void* Data(Tensor tensor) => (void*)Aten.DataPointer(tensor);
}
