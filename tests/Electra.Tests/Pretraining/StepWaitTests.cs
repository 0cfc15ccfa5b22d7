using System.Reflection;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Tests.Architecture;
using Electra.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>
/// On a GPU a step must only queue work: whatever reads a value back makes the host wait until the queue is empty. Without a GPU that is
/// checked from two sides. Reads that TorchSharp itself makes (item, data, cpu) leave no trace on a CPU, so they are looked for in the
/// compiled code; what libtorch's operators read among themselves shows in a trace of the operators.
/// </summary>
public class StepWaitTests
{
    private static readonly Type?[] WaitingTypes = [typeof(Tensor), typeof(cuda), typeof(TensorExtensionMethods)];

    private static readonly HashSet<string> ReadsOfTensors =
    [
        "item", "data", "get_bytes", "cpu", "numpy", "nonzero", "nonzero_static", "argwhere", "masked_select", "unique",
        "unique_consecutive", "equal", "allclose", "ToScalar", "ToBoolean", "ToByte", "ToInt32", "ToInt64", "ToSingle", "ToDouble", "op_Explicit",
        "ToString", "str", "jlstr", "npstr", "cstr", "print", "WriteToStream", "save", "synchronize",
    ];

    private static readonly string[] ReadsOfOperators =
    [
        "aten::item", "aten::_local_scalar_dense", "aten::is_nonzero", "aten::nonzero", "aten::nonzero_numpy", "aten::masked_select",
        "aten::equal", "aten::allclose", "aten::_unique", "aten::_unique2", "aten::unique_consecutive", "aten::unique_dim", "aten::bincount",
        "aten::repeat_interleave",
    ];

    // Methods that may: none of them runs in a step of one process on a GPU that goes well.
    private static readonly string[] Allowed =
    [
        "HostToDevice.Copy",  // the one place that copies, from page-locked memory
        "TokenBatch.Values",  // fills batches in host memory, on the loader's thread

        // Ranks that torchrun started have no other way than the GPU to tell each other numbers, at the beginning of an update.
        "NcclProcessGroup.AllReduceSum", "NcclProcessGroup.DoThere", "NcclConnection.SumOnHost",
    ];

    [Fact]
    public void Nothing_that_a_step_can_reach_reads_a_tensor_or_copies_one_from_pageable_memory()
    {
        string[] reads = Reads(typeof(PretrainingTrainer).GetMethod(nameof(PretrainingTrainer.Step))!, typeof(ElectraModel).Assembly);
        Assert.True(reads.Length == 0, string.Join('\n', reads));
    }

    [Theory]
    [InlineData(nameof(Planted.ReadsTwoCallsDown), "Planted.ReadsTwoCallsDown -> Planted.Middle -> Planted.Bottom -> item")]
    [InlineData(nameof(Planted.ReadsInALambda), "item")]
    [InlineData(nameof(Planted.ReadsWhatATensorHolds), "get_bytes")]
    [InlineData(nameof(Planted.CopiesFromPageableMemory), "Planted.CopiesFromPageableMemory -> to")]
    [InlineData(nameof(Planted.ReadsInTheBackwardPass), "Planted.backward -> item")]
    public void A_planted_read_is_found(string method, string way)
    {
        string found = Assert.Single(Reads(typeof(Planted).GetMethod(method)!, typeof(Planted).Assembly));
        Assert.EndsWith(way, found, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(true, true, false, null)]
    [InlineData(true, false, false, null)]
    [InlineData(false, true, false, 4)]
    [InlineData(false, true, true, 4)]
    [InlineData(false, false, false, null)]
    public void No_operator_of_a_step_reads_a_value(bool fusedKernels, bool padding, bool packed, int? microBatch)
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 10, microBatch);
        options = options with { Data = options.Data with { JoinDocuments = !padding } };
        using var run = new PretrainingRun(folder, options);
        run.Model.UseFusedKernels = fusedKernels;
        (run.Model.Generator.Electra.PacksTokens, run.Model.Discriminator.Electra.PacksTokens) = (packed, packed);

        IReadOnlyList<string> operators = OperatorTrace.Of(run.Trainer.Step);

        Assert.Contains("aten::_fused_adamw_", operators);
        int microBatches = 8 / (microBatch ?? 8);
        // whatever looks at padding, the key mask among it, is left out without; others look at what the generator reads and says
        int others = fusedKernels ? 2 : 3;
        Assert.Equal(padding && !packed, operators.Count(name => name == "aten::eq") > others * microBatches);
        int composed = fusedKernels ? 2 + 1 : 4 + 2; // layers and heads with libtorch's gelu: always the generator's, whose width is odd
        Assert.Equal(composed * microBatches, operators.Count(name => name == "aten::gelu_backward"));
        // The CPU's optimizer reads its step count, which lies in host memory there; CUDA's does not. Operators are listed as they end.
        string text = string.Join(' ', operators).Replace("aten::_local_scalar_dense aten::item aten::_fused_adamw_", "", StringComparison.Ordinal);
        Assert.Empty(text.Split(' ').Intersect(ReadsOfOperators));
    }

    [SkippableFact]
    public void A_planted_read_shows_in_the_trace()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(4);
        Assert.Contains("aten::nonzero", OperatorTrace.Of(() => x[x.gt(1)].sum()).Intersect(ReadsOfOperators));
        Assert.Contains("aten::_local_scalar_dense", OperatorTrace.Of(() => x.sum().ToInt64()).Intersect(ReadsOfOperators));
    }

    private static string[] Reads(MethodBase root, Assembly assembly) =>
    [
        .. from call in new CallGraph(assembly).CallsOut([root, .. Activations()])
           where Waits(call.Callee) && !Allowed.Contains($"{call.Caller.DeclaringType?.Name}.{call.Caller.Name}")
           select $"{call.Path} -> {call.Callee.Name}",
    ];

    // A step calls them as delegates, which constructors took.
    private static IEnumerable<MethodBase> Activations() => typeof(Activations).GetNestedTypes(BindingFlags.NonPublic)
        .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));

    private static bool Waits(MethodBase callee)
    {
        if (!WaitingTypes.Contains(callee.DeclaringType)) return false;
        ParameterInfo[] parameters = callee.GetParameters();
        return ReadsOfTensors.Contains(callee.Name)
            || (callee.Name is "to" or "cuda" && parameters.Any(p => p.ParameterType == typeof(Device) || p.ParameterType == typeof(DeviceType)))
            || (callee.Name is "get_Item" or "set_Item" or "index" && parameters.Any(p => p.ParameterType == typeof(Tensor)));
    }
}
