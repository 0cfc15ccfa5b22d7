namespace Electra.Samples.Pretrain.Reporting;

/// <summary>What a probe gave.</summary>
/// <param name="Reached">By the discriminator.</param>
/// <param name="WordFrequency">By how rare a token is, without any context.</param>
internal readonly record struct Compared<T>(T Reached, T WordFrequency);
