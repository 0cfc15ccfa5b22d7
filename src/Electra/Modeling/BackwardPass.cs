using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Carries an exception of a node's backward pass past libtorch, which calls it and cannot pass an exception on: the process would end. The node
/// gives gradients that libtorch refuses instead, so that <c>backward()</c> fails, and <see cref="Run"/> tells why.
/// </summary>
internal static class BackwardPass
{
    private static readonly Device Nowhere = new(DeviceType.META);
    private static ExceptionDispatchInfo? failure; // of any thread: libtorch goes back on CUDA in threads of its own

    /// <summary><c>loss.backward()</c>, with the exception of the node in which it failed.</summary>
    public static void Run(Tensor loss)
    {
        Interlocked.Exchange(ref failure, null);
        try
        {
            loss.backward();
        }
        catch (ExternalException)
        {
            Interlocked.Exchange(ref failure, null)?.Throw();
            throw;
        }
    }

    /// <summary>Keeps an exception, and gives one gradient for each input that is a tensor, of a device on which there is none.</summary>
    public static List<Tensor> Fail(Exception exception, bool[] isTensor)
    {
        Interlocked.Exchange(ref failure, ExceptionDispatchInfo.Capture(exception));
        return [.. isTensor.Select(tensor => tensor ? empty(1, device: Nowhere) : null!)];
    }
}
