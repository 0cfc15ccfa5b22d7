namespace Electra.Benchmarks.Curves.Training;

/// <summary>One loss of one run.</summary>
/// <param name="Steps">Where it was recorded.</param>
/// <param name="Training">Means over the steps since the record before, on training text with dropout.</param>
/// <param name="HeldOutSteps">Where held-out text was evaluated.</param>
/// <param name="HeldOut">The loss there, without dropout.</param>
internal sealed record LossCurve(double[] Steps, double[] Training, double[] HeldOutSteps, double[] HeldOut);
