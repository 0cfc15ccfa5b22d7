namespace Electra.Benchmarks.Plain;

/// <summary>What one run came to.</summary>
/// <param name="TrainingLoss">Mean of the last epoch, dropout on.</param>
/// <param name="DevelopmentLoss">Mean of the texts that it is judged by.</param>
/// <param name="Accuracy">Of those.</param>
/// <param name="MatthewsCorrelation">Of those.</param>
/// <param name="Time">Training and judging.</param>
internal readonly record struct PlainOutcome(double TrainingLoss, double DevelopmentLoss, double Accuracy, double MatthewsCorrelation, TimeSpan Time);
