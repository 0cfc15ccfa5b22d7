namespace Electra.Training;

/// <summary>A run's folder belongs to another process, or to another trainer of this one.</summary>
public sealed class RunInUseException : IOException
{
    internal RunInUseException(string folder, string? owner)
        : base($"'{folder}' is in use by {owner ?? "another process"}: wait until that run ends, stop it, or name another output folder.") =>
        (Folder, Owner) = (folder, owner);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Who has it: process, host and time; null when that could not be read.</summary>
    public string? Owner { get; }
}
