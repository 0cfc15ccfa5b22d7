using System.Runtime.Intrinsics.X86;
using Electra.Modeling;
using Electra.Native;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Native;

/// <summary>float32 products, whoever makes them, against the same in float64.</summary>
public class MatrixProductsTests
{
    [Fact]
    public void Products_of_all_forms_are_those_of_float64() => Assert.All(Errors(), error => Assert.InRange(error.Value, 0, 2e-6));

    [Fact]
    public void So_they_are_where_onednn_may_not_use_avx512_and_nothing_ends_the_process() =>
        Assert.Equal(["multiplies False", "all right"], ChildProgram.Run(Tell, "", ChildProgram.WithoutBFloat16));

    [SkippableFact]
    public void Onednn_makes_those_of_float32_wherever_it_can()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && X86Base.X64.IsSupported, "seen on Linux x64");
        string[] lines = ChildProgram.Run(Tell, "", ("ONEDNN_MAX_CPU_ISA", ""), ("DNNL_MAX_CPU_ISA", ""));
        Assert.Equal([$"multiplies {Avx512BW.IsSupported && Avx512DQ.VL.IsSupported}", "all right"], lines);
    }

    [SkippableTheory]
    [InlineData(false, false)] // memory of its own where that is faster
    [InlineData(true, true)]
    public void A_linear_product_is_in_the_buffer_when_it_must_be(bool mustKeep, bool isWritten)
    {
        Skip.If(!mustKeep && !OneDnn.MakesLinear, "this processor's products are as fast in a buffer");
        using var scope = NewDisposeScope();
        (Tensor rows, Tensor weight, Tensor buffer) = (randn(40, 16), randn(24, 16), zeros(40, 24));
        using LinearProduct product = new(rows, new WeightMatrix(weight), buffer, mustKeep);
        Assert.Equal(isWritten, ReferenceEquals(product.Value, buffer));
        Assert.Equal(isWritten, buffer.count_nonzero().item<long>() > 0);
    }

    [Fact]
    public void Empty_matrices_are_multiplied_too()
    {
        using var scope = NewDisposeScope();
        Tensor into = ones(3, 4);
        MatrixProducts.Multiply(empty(3, 0), empty(0, 4), into);
        Assert.Equal(0, into.abs().sum().item<float>());
    }

    private static void Tell(string argument)
    {
        Console.WriteLine($"multiplies {OneDnn.Multiplies}");
        Console.WriteLine(Errors().All(error => error.Value < 2e-6) ? "all right" : string.Join(", ", Errors()));
    }

    /// <summary>The largest error of each form, by the largest element.</summary>
    private static Dictionary<string, double> Errors()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        Dictionary<string, double> errors = [];
        foreach ((int m, int k, int n) in new[] { (33, 17, 65), (256, 64, 128), (1, 300, 1), (7, 1, 5) })
        {
            (Tensor a, Tensor b, Tensor into) = (randn([m, k], generator: random), randn([k, n], generator: random), empty(m, n));
            Tensor aTransposed = a.t().contiguous(), bTransposed = b.t().contiguous();
            void Check(string form, Action multiply, Tensor? result = null)
            {
                multiply();
                Tensor expected = a.to(ScalarType.Float64).mm(b.to(ScalarType.Float64));
                Tensor difference = (result ?? into).to(ScalarType.Float64) - expected;
                errors[$"{form} {m} x {k} x {n}"] = (difference.abs().max() / expected.abs().max()).item<double>();
                (result ?? into).fill_(float.NaN);
            }

            Check("left right", () => MatrixProducts.Multiply(a, b, into));
            Check("left rightT", () => MatrixProducts.MultiplyByTransposed(a, bTransposed, into));
            Check("leftT right", () => MatrixProducts.MultiplyTransposed(aTransposed, b, into));
            (Tensor as3, Tensor bs3, Tensor into3) = (a.expand(3, m, k).contiguous(), b.expand(3, k, n).contiguous(), empty(3, m, n));
            Tensor as3Transposed = as3.transpose(1, 2).contiguous(), bs3Transposed = bs3.transpose(1, 2).contiguous();
            Check("each left right", () => MatrixProducts.MultiplyEach(as3, bs3, into3), into3);
            Check("each left rightT", () => MatrixProducts.MultiplyEachByTransposed(as3, bs3Transposed, into3), into3);
            Check("each leftT right", () => MatrixProducts.MultiplyEachTransposed(as3Transposed, bs3, into3), into3);
            if (X86Base.X64.IsSupported) Check("linear", () => into.copy_(OneDnn.Linear(a, bTransposed)));
        }

        return errors;
    }
}
