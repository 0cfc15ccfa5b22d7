using Electra.Configuration;
using Electra.Pretraining;

namespace Electra.Benchmarks.Race.Variants;

/// <summary>One way to pre-train.</summary>
/// <param name="Name">Unique in the race; a folder's name too.</param>
/// <param name="Config">The encoder; its vocabulary is not yet the race's.</param>
/// <param name="Options">How it is trained; seeds, length and folder are not yet the race's.</param>
internal sealed record Variant(string Name, ElectraConfig Config, PretrainingOptions Options);
