namespace Electra.Samples.Pretrain.Options;

/// <summary>The user asked for something that can't be done: one line that says what to do instead, exit code 2.</summary>
/// <param name="message">The line.</param>
/// <param name="isOneRanks">Whether this rank alone found it out and has to say so; otherwise rank 0 does.</param>
internal sealed class UsageException(string message, bool isOneRanks = false) : Exception(message)
{
    public bool IsOneRanks => isOneRanks;
}
