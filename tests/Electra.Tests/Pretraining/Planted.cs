using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Tests.Pretraining;

/// <summary>Code that waits for a device in ways that must be found; it is never run.</summary>
internal sealed class Planted : SingleTensorFunction<Planted>
{
    public override string Name => nameof(Planted);

    public static void ReadsTwoCallsDown(Tensor x) => Middle(x);

    public static float ReadsInALambda(Tensor[] all) => all.Sum(x => x.item<float>());

    public static int ReadsWhatATensorHolds(Tensor x) => MemoryMarshal.Cast<byte, int>(x.bytes)[0];

    public static Tensor CopiesFromPageableMemory(Tensor x) => x.to(CUDA);

    public static Tensor ReadsInTheBackwardPass(Tensor x) => apply(x);

    public override Tensor forward(AutogradContext ctx, params object[] vars) => (Tensor)vars[0];

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output * grad_output.sum().item<float>()];

    private static void Middle(Tensor x) => Bottom(x);

    private static float Bottom(Tensor x) => x.item<float>();
}
