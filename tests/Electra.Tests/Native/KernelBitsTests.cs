using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Electra.Modeling;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Native;

/// <summary>The kernels must give the same bits whatever vectors the processor has; children are told to do without the wider ones.</summary>
public class KernelBitsTests
{
    [SkippableTheory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void Layer_and_loss_have_the_same_bits_with_narrower_vectors(string variable)
    {
        Skip.IfNot(Avx2.IsSupported, "this processor has no wide vectors to do without");
        Assert.Equal(Run(), Run((variable, "0")));
    }

    private static string Run(params (string, string)[] environment)
    {
        using Process child = ChildProgram.Start(PrintHash, "", environment);
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.Equal(0, child.ExitCode);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (environment.Length > 0) Assert.Equal("512-bit vectors: False", lines[0]); // or the child did not do without
        return lines[1];
    }

    private static void PrintHash(string argument)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        Tensor Random(params long[] shape) => TorchSharp.torch.randn(shape, generator: generator).requires_grad_(true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(Tensor tensor) => hash.AppendData(tensor.to(ScalarType.Float32).contiguous().bytes);
        foreach (ScalarType dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            // Hidden 32, two heads, feed-forward 48, 19 keys: whole vectors and a tail.
            EncoderLayerParameters<Tensor> parameters = new(
                Random(32, 32), Random(32), Random(32, 32), Random(32), Random(32, 32), Random(32), Random(32, 32), Random(32),
                Random(32), Random(32), Random(48, 32), Random(48), Random(32, 48), Random(32), Random(32), Random(32));
            Tensor input = Random(3, 19, 32);
            using var pool = new EncoderWorkspacePool();
            EncoderShape shape = new(3, 19, 32, 2, 48, 1, dtype, ActivationKeeping.All);
            EncoderPass pass = new(pool, shape, [parameters], null, [new EncoderLayerSettings(1e-12, 0.1, 0.1, 5, null)]);
            Tensor output = FusedEncoder.Run(input.to(dtype), pass);
            output.to(ScalarType.Float32).square().sum().backward();
            Add(output);
            Add(input.grad!);
            foreach (Tensor parameter in parameters.ToArray()) Add(parameter.grad!);

            Tensor features = Random(40, 16), table = Random(301, 16), bias = Random(301), samples = empty([40], ScalarType.Int64);
            MaskedLMTargets targets = new(
                arange(40), ones(40), empty(40), empty(40), TorchSharp.torch.rand([40], generator: generator), samples);
            FusedMaskedLMLoss.Run(features.to(dtype), table, bias, targets).backward();
            foreach (Tensor gradient in new[] { features.grad!, table.grad!, bias.grad! }) Add(gradient);
            hash.AppendData(samples.bytes);
            Add(targets.Losses);
            Add(targets.Hits);
        }

        Console.WriteLine($"512-bit vectors: {Vector512.IsHardwareAccelerated}");
        Console.WriteLine(Convert.ToHexString(hash.GetHashAndReset()));
    }
}
