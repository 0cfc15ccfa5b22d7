namespace Electra.Pretraining;

/// <summary>Which networks of a model were loaded whole, head and all, so that their first figures can be judged.</summary>
/// <param name="Encoder">The discriminator, or the language model.</param>
/// <param name="Generator">The generator, or the masked LM of a run that has nothing else.</param>
internal sealed record LoadedNetworks(bool Encoder, bool Generator);
