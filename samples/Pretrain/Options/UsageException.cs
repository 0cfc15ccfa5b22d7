namespace Electra.Samples.Pretrain.Options;

/// <summary>The user asked for something that can't be done: one line that says what to do instead, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
