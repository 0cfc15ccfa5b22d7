using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Optimization;

public class MuonTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Singular_values_come_near_one_and_directions_stay(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        foreach ((long rows, long columns) in new[] { (48L, 48L), (32L, 80L), (80L, 32L) })
        {
            using var orthogonalization = new Orthogonalization(3, rows, columns, 5, dtype, CPU);
            Tensor matrices = randn([3, rows, columns], generator: generator) * 7;
            for (int call = 0; call < 2; call++) // buffers are used again
            {
                Tensor result = orthogonalization.Of(matrices).to(ScalarType.Float32);
                Assert.Equal([3, rows, columns], result.shape);
                Tensor singular = linalg.svdvals(result);
                Assert.InRange(singular.max().item<float>(), 0.9f, 1.3f);
                Assert.InRange(singular.mean().item<float>(), 0.75f, 1.1f);
                (Tensor u, _, Tensor v) = linalg.svd(matrices, fullMatrices: false);
                Tensor nearest = matmul(u, v); // the nearest orthogonal matrix
                Assert.InRange(((result * nearest).sum() / (result.norm() * nearest.norm())).item<float>(), 0.94f, 1f);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Updates_follow_the_formula(bool nesterov)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        Tensor start = randn([6, 10], generator: generator);
        Tensor[] gradients = [randn([6, 10], generator: generator), randn([6, 10], generator: generator)];
        var matrix = new Parameter(start.clone());
        var vector = new Parameter(ones(5));
        var options = new MuonOptions { Nesterov = nesterov, Momentum = 0.9, Iterations = 4, UpdateScale = 0.3 };
        using var flat = new FlatParameters([("matrix", matrix), ("vector", vector)], name => new ParameterGroup(0.1, 0.5, name == "matrix"));
        using var optimizer = new FusedAdamW(flat, new AdamWOptions { MaxGradientNorm = 2 }, options, ScalarType.Float32);
        using var alone = new FlatParameters([("vector", new Parameter(ones(5)))], _ => new ParameterGroup(0.1, 0.5));
        using var adam = new FusedAdamW(alone, new AdamWOptions { MaxGradientNorm = 0 });

        double[,] expected = Host(start), momentum = new double[6, 10];
        foreach (Tensor gradient in gradients)
        {
            using (no_grad())
            {
                matrix.grad!.copy_(gradient);
                vector.grad!.fill_(0.25f);
            }

            double norm = Math.Sqrt(gradient.square().sum().item<float>() + (5 * 0.0625)), scale = Math.Max(norm, 2) / 2;
            using (no_grad()) alone.Gradients.narrow(0, 0, 5).fill_((float)(0.25 / scale));
            optimizer.Step(0.02);
            adam.Step(0.02);
            double[,] g = Host(gradient), update = new double[6, 10];
            for (int r = 0; r < 6; r++)
            {
                for (int c = 0; c < 10; c++)
                {
                    momentum[r, c] = (0.9 * momentum[r, c]) + (g[r, c] / scale);
                    update[r, c] = nesterov ? (0.9 * momentum[r, c]) + (g[r, c] / scale) : momentum[r, c];
                }
            }

            double[,] orthogonal = Iterate(update, 4);
            for (int r = 0; r < 6; r++)
                for (int c = 0; c < 10; c++) expected[r, c] = (expected[r, c] * (1 - (0.01 * 0.1))) - (0.01 * 0.3 * Math.Sqrt(10) * orthogonal[r, c]);
        }

        double[,] actual = Host(matrix);
        foreach (int r in Enumerable.Range(0, 6))
            foreach (int c in Enumerable.Range(0, 10)) Assert.Equal(expected[r, c], actual[r, c], 2e-6);
        Assert.Equal(alone.Values.narrow(0, 0, 5).data<float>().ToArray(), vector.detach().data<float>().ToArray()); // the rest is AdamW's
    }

    [Fact]
    public void A_run_with_it_learns_and_resumes_to_the_same_bits()
    {
        using TemporaryFolder whole = new(), parted = new();
        static PretrainingOptions Options(TemporaryFolder folder) =>
            PretrainingRun.Options(folder, steps: 40) with { Muon = new(), RateWidth = 32, LearningRate = 3e-3, LogEvery = 10 };
        var recorder = new PretrainingRecorder();
        float[] expected;
        using (PretrainingRun run = new(whole, Options(whole), recorder))
        {
            run.Trainer.Train();
            expected = run.Weights();
        }

        Assert.True(recorder.Reports[^1].Loss < recorder.Reports[0].Loss - 1);
        using (PretrainingRun run = new(parted, Options(parted)))
        {
            for (int i = 0; i < 17; i++) run.Trainer.Step();
            run.Trainer.Save();
        }

        using (PretrainingRun run = new(parted, Options(parted)))
        {
            run.Trainer.Train();
            Assert.Equal(expected, run.Weights());
        }
    }

    [Fact]
    public void What_cannot_work_is_said()
    {
        PretrainingOptions options = new() { Muon = new() { Momentum = 1, Iterations = 0, UpdateScale = 0 }, Optimizer = new() { Flavor = AdamWFlavor.Google } };
        string message = Assert.Throws<ArgumentException>(options.Validate).Message;
        Assert.All(["Momentum", "Iterations", "UpdateScale", "Google"], name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    private static double[,] Iterate(double[,] update, int iterations)
    {
        double norm = Math.Sqrt(update.Cast<double>().Sum(value => value * value));
        double[,] x = Combine(1 / norm, update, 0, update);
        for (int i = 0; i < iterations; i++)
        {
            double[,] a = Product(x, Transposed(x));
            double[,] b = Combine(-4.7750, a, 2.0315, Product(a, a));
            x = Combine(3.4445, x, 1, Product(b, x));
        }

        return x;
    }

    private static double[,] Product(double[,] left, double[,] right)
    {
        var product = new double[left.GetLength(0), right.GetLength(1)];
        for (int r = 0; r < left.GetLength(0); r++)
            for (int c = 0; c < right.GetLength(1); c++)
                for (int k = 0; k < right.GetLength(0); k++) product[r, c] += left[r, k] * right[k, c];
        return product;
    }

    private static double[,] Transposed(double[,] matrix)
    {
        var transposed = new double[matrix.GetLength(1), matrix.GetLength(0)];
        for (int r = 0; r < matrix.GetLength(0); r++)
            for (int c = 0; c < matrix.GetLength(1); c++) transposed[c, r] = matrix[r, c];
        return transposed;
    }

    private static double[,] Combine(double p, double[,] a, double q, double[,] b)
    {
        var sum = new double[a.GetLength(0), a.GetLength(1)];
        for (int r = 0; r < a.GetLength(0); r++)
            for (int c = 0; c < a.GetLength(1); c++) sum[r, c] = (p * a[r, c]) + (q * b[r, c]);
        return sum;
    }

    private static double[,] Host(Tensor matrix)
    {
        var values = new double[matrix.shape[0], matrix.shape[1]];
        float[] flat = [.. matrix.detach().contiguous().view(-1).data<float>()];
        for (int i = 0; i < flat.Length; i++) values[i / values.GetLength(1), i % values.GetLength(1)] = flat[i];
        return values;
    }
}
