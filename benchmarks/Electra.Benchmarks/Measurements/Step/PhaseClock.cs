using System.Diagnostics;
using Electra.Benchmarks.Timing;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Measurements.Step;

/// <summary>
/// Gives the time since the last mark to a phase; waits for the device at each mark, so that GPU work counts where it belongs.
/// </summary>
internal sealed class PhaseClock(Device device)
{
    private static readonly int Phases = Enum.GetValues<StepPhase>().Length;
    private readonly List<double[]> _steps = [];
    private double[] _seconds = new double[Phases];
    private long _last;

    /// <summary>Begins a step.</summary>
    public void Start()
    {
        _seconds = new double[Phases];
        Repeat.Wait(device);
        _last = Stopwatch.GetTimestamp();
    }

    /// <summary>What ran since the last mark was this phase; a phase may run several times a step.</summary>
    public void Mark(StepPhase phase)
    {
        Repeat.Wait(device);
        long now = Stopwatch.GetTimestamp();
        _seconds[(int)phase] += Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
    }

    /// <summary>Ends a step that counts.</summary>
    public void Keep() => _steps.Add(_seconds);

    /// <summary>Seconds a step of a phase.</summary>
    public Distribution Of(StepPhase phase) => Distribution.Of(_steps.Select(step => step[(int)phase]));

    /// <summary>Seconds a step of all phases.</summary>
    public Distribution Total() => Distribution.Of(_steps.Select(step => step.Sum()));
}
