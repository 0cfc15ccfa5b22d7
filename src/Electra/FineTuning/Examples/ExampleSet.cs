using Electra.Data;

namespace Electra.FineTuning;

/// <summary>What a file, or several, holds for a task.</summary>
/// <typeparam name="TExample">The kind of example.</typeparam>
/// <param name="Source">Where it comes from, for messages.</param>
/// <param name="Examples">In the order of the file.</param>
/// <param name="Skipped">Rows that could not be read, where those may be skipped.</param>
public sealed record ExampleSet<TExample>(string Source, IReadOnlyList<TExample> Examples, IReadOnlyList<MalformedRecord> Skipped);
