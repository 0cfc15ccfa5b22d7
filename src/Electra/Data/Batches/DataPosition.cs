namespace Electra.Data;

/// <summary>A place in the endless stream of training examples: what a checkpoint keeps to go on exactly where it stopped.</summary>
/// <param name="Epoch">How often all examples were seen, from 0.</param>
/// <param name="Index">The next example within the epoch, from 0.</param>
internal readonly record struct DataPosition(long Epoch, long Index);
