namespace Electra.Training;

/// <summary>What a loss stood out from.</summary>
/// <param name="Mean">Of the reports before.</param>
/// <param name="Deviation">Theirs, at least a hundredth of the mean.</param>
internal sealed record LossSpike(double Mean, double Deviation);
