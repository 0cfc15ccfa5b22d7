namespace Electra.Optimization;

/// <summary>How one parameter is updated; parameters with equal values form one group.</summary>
/// <param name="WeightDecay">Decoupled decay, multiplied by the group's rate.</param>
/// <param name="LearningRateMultiplier">What the schedule's rate is multiplied by; 1 unless the rate decays by layer.</param>
/// <param name="IsOrthogonalized">Whether it is a matrix that <see cref="MuonOptions"/> are for, where there are any.</param>
public readonly record struct ParameterGroup(double WeightDecay, double LearningRateMultiplier = 1, bool IsOrthogonalized = false);
