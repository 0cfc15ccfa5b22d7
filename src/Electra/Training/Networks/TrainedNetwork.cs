using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>One network of an objective.</summary>
/// <param name="Name">Before the names of its parameters.</param>
/// <param name="Model">All of it that is saved.</param>
/// <param name="Dropout">What the seed of its dropout is derived for.</param>
/// <param name="LeftBehind">A head that is trained along and not saved with the model; null for none.</param>
internal sealed record TrainedNetwork(string Name, ElectraHeadModel Model, RandomSeeds.Purpose Dropout, nn.Module? LeftBehind = null);
