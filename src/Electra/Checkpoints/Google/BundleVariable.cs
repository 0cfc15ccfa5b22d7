namespace Electra.Checkpoints;

/// <summary>A variable and where its bytes are.</summary>
/// <param name="Entry">What it is.</param>
/// <param name="Axis">The dimension along which the parts lie one after the other; -1 for one part that is all of it.</param>
/// <param name="Parts">In order.</param>
internal sealed record BundleVariable(TensorBundleEntry Entry, int Axis, IReadOnlyList<BundlePart> Parts);

/// <summary>Some bytes of a data file.</summary>
/// <param name="Shard">The data file, from 0.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Size">The number of bytes.</param>
/// <param name="Checksum">Of these bytes, masked.</param>
/// <param name="Start">Where the part begins along the axis.</param>
/// <param name="Length">The part's size along the axis.</param>
internal readonly record struct BundlePart(int Shard, long Offset, long Size, uint Checksum, long Start = 0, long Length = 0);
