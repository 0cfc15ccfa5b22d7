using System.Text.Json.Nodes;
using Electra.Benchmarks;
using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Curves;
using Electra.Benchmarks.Machine;
using Electra.Benchmarks.Results;
using Electra.Tests.Support;

namespace Electra.Tests.Benchmarks;

/// <summary>On a processor without bfloat16 products one product of the yardstick's size takes minutes.</summary>
public class BFloat16Tests
{
    [Fact]
    public void Without_products_of_it_what_needs_them_is_refused_with_what_to_use() => Assert.Equal(
        [
            "--precision bf16: this processor has no bfloat16 product (AVX512_BF16); measure with --precision fp32.",
            "curves trains in bfloat16 too: this processor has no bfloat16 product (AVX512_BF16); run it on another machine, or with --device cuda.",
            "default: fp32",
        ],
        ChildProgram.Run(Refuse, "", ChildProgram.WithoutBFloat16));

    [Theory]
    [InlineData("pack")]
    [InlineData("gemm")]
    [InlineData("inference")]
    [InlineData("latency")]
    public void A_float32_benchmark_knows_nothing_of_bfloat16(string name)
    {
        BenchmarkSettings settings = SettingsBuilder.Build(
            new BenchmarkArguments { Model = "tiny", Precision = "fp32", BatchSize = 2, SequenceLength = 8, Steps = 1, Warmup = 0, Threads = 1 });
        JudgedResult judged = Assert.Single(BenchmarkSession.Run(settings, [name]));
        string json = JsonReport.Write(settings, MachineInfo.Read(settings.Device), [judged]), text = TextReport.Write(judged);
        Assert.DoesNotContain("bf16", json + text, StringComparison.Ordinal);
        JsonNode before = JsonNode.Parse(json)!["benchmarks"]![name]!["yardstick_before"]!;
        Assert.Equal("fp32", (string)before["precision"]!);
        Assert.True((double)before["gflops"]!["value"]! > 0);
        Assert.Contains("GEMM 2048^3 before  fp32", text, StringComparison.Ordinal);
    }

    private static void Refuse(string argument)
    {
        Show(() => SettingsBuilder.Build(new BenchmarkArguments { Precision = "bf16" }));
        Show(() => CurvesSettings.Build(new CurvesArguments()));
        Console.WriteLine($"default: {SettingsBuilder.Build(new BenchmarkArguments()).Summary.Precision}");
    }

    private static void Show(Func<object> build)
    {
        try
        {
            build();
        }
        catch (UsageException exception)
        {
            Console.WriteLine(exception.Message);
        }
    }
}
