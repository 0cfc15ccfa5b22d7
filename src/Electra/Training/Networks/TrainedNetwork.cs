using Electra.Modeling;

namespace Electra.Training;

/// <summary>One network of an objective.</summary>
/// <param name="Name">Before the names of its parameters.</param>
/// <param name="Model">All of it.</param>
/// <param name="Dropout">What the seed of its dropout is derived for.</param>
internal sealed record TrainedNetwork(string Name, ElectraHeadModel Model, RandomSeeds.Purpose Dropout);
