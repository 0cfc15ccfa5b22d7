namespace Electra.Training;

/// <summary>What an update takes.</summary>
/// <param name="SequenceLength">Positions of an example.</param>
/// <param name="BatchSize">Examples.</param>
/// <param name="MicroBatchSize">Examples of a forward pass; null: all.</param>
internal readonly record struct BatchShape(int SequenceLength, int BatchSize, int? MicroBatchSize);
