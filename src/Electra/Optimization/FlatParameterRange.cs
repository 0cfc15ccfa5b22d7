namespace Electra.Optimization;

/// <summary>A run of a <see cref="FlatParameters"/> buffer whose parameters are updated alike.</summary>
/// <param name="Group">How they are updated.</param>
/// <param name="Offset">The first element.</param>
/// <param name="Length">Number of elements, alignment gaps included.</param>
internal readonly record struct FlatParameterRange(ParameterGroup Group, long Offset, long Length);
