using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Timing;

/// <summary>Runs something again and again and takes the time of each run, waiting for the device at its end.</summary>
internal static class Repeat
{
    private const int FewestRuns = 5;
    private const int MostRuns = 1_000;

    /// <summary>
    /// Seconds of each of <paramref name="runs"/> runs, after some that do not count; <paramref name="afterEach"/> is told of each, outside
    /// the time.
    /// </summary>
    public static Distribution Runs(int warmUp, int runs, Device device, Action action, Action<double>? afterEach = null)
    {
        for (int i = 0; i < warmUp; i++) action();
        Wait(device);
        var seconds = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            seconds[i] = Once(device, action);
            afterEach?.Invoke(seconds[i]);
        }

        return Distribution.Of(seconds);
    }

    /// <summary>Seconds of each contestant's runs, one of each in turn, so that a busy machine slows all alike; one more of each before does not count.</summary>
    public static Distribution[] InTurn(Device device, int runs, IReadOnlyList<Action> contestants)
    {
        foreach (Action contestant in contestants) contestant();
        List<double>[] seconds = [.. contestants.Select(_ => new List<double>())];
        for (int run = 0; run < runs; run++)
            foreach ((int i, Action contestant) in contestants.Index()) seconds[i].Add(Once(device, contestant));
        return [.. seconds.Select(of => Distribution.Of(of))];
    }

    /// <summary>Seconds of each run, five or more, until <paramref name="budget"/> is spent; one more before does not count.</summary>
    public static Distribution During(TimeSpan budget, Device device, Action action)
    {
        action();
        Wait(device);
        List<double> seconds = [];
        for (double left = budget.TotalSeconds; seconds.Count < FewestRuns || (left > 0 && seconds.Count < MostRuns);)
        {
            seconds.Add(Once(device, action));
            left -= seconds[^1];
        }

        return Distribution.Of(seconds);
    }

    /// <summary>Waits until the device has done all it was asked to; on a CPU nothing is ever outstanding.</summary>
    public static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
    }

    /// <summary>Seconds of one run.</summary>
    public static double Once(Device device, Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        Wait(device);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
