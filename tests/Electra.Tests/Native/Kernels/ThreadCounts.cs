using static TorchSharp.torch;

namespace Electra.Tests.Native.Kernels;

/// <summary>Runs code while libtorch works on another number of threads.</summary>
internal static class ThreadCounts
{
    public static void With(int threads, Action action) => With(threads, () =>
    {
        action();
        return 0;
    });

    public static T With<T>(int threads, Func<T> function)
    {
        int before = get_num_threads();
        try
        {
            set_num_threads(threads);
            return function();
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
