using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>One network of an objective.</summary>
/// <param name="Name">Before the names of its parameters.</param>
/// <param name="Module">All of it, head included.</param>
/// <param name="Tower">Its encoder.</param>
/// <param name="AddToGradientsInPlace">As <see cref="ElectraHeadModel.AddToGradientsInPlace"/>, head included.</param>
/// <param name="Dropout">What the seed of its dropout is derived for.</param>
internal sealed record PretrainingNetwork(
    string Name, nn.Module Module, ElectraModel Tower, Action<bool> AddToGradientsInPlace, RandomSeeds.Purpose Dropout);
