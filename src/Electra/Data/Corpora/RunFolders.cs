namespace Electra.Data;

/// <summary>
/// Tells folders that hold a run, finished, unfinished or broken off, or a part of one: their text files are vocabularies and logs, and no
/// text to train on.
/// </summary>
internal static class RunFolders
{
    /// <summary>
    /// Whether a folder holds token shards, a pretrained model, training checkpoints, the lock of a run, or another folder that says so by
    /// its name and content.
    /// </summary>
    public static bool Holds(string folder) =>
        HasShards(folder)
        || File.Exists(Path.Combine(folder, "model.safetensors"))
        || File.Exists(Path.Combine(folder, "run.lock"))
        || HasShards(Path.Combine(folder, "shards"))
        || Directory.Exists(Path.Combine(folder, "shards.unfinished"))
        || HasEntries(Path.Combine(folder, "checkpoints"), "step-*");

    private static bool HasShards(string folder) => TokenShardManifest.Exists(folder) || HasEntries(folder, "shard-*.tokens*");

    private static bool HasEntries(string folder, string pattern) =>
        Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder, pattern).Any();
}
