namespace Electra.Samples.Pretrain;

internal static class DefaultJob { public const long Seed = 1; }
