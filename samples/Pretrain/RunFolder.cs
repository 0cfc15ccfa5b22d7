using System.Text.RegularExpressions;
using Electra.Data;

namespace Electra.Samples.Pretrain;

/// <summary>Where a run's files are.</summary>
internal sealed partial class RunFolder
{
    private readonly bool wasThere;

    /// <summary>Names the files; creates nothing.</summary>
    public RunFolder(string root)
    {
        Root = root;
        wasThere = Directory.Exists(root);
    }

    public string Root { get; }

    public string Vocabulary => Path.Combine(Root, "vocab.txt");

    public string Shards => Path.Combine(Root, "shards");

    public string UnfinishedShards => Path.Combine(Root, "shards.unfinished");

    public string Checkpoints => Path.Combine(Root, "checkpoints");

    public string Start => Path.Combine(Root, Options.StartFile.Name);

    public string Metrics => Path.Combine(Root, "metrics.jsonl");

    public string TensorBoard => Path.Combine(Root, "tensorboard");

    public string Plot => Path.Combine(Root, "training.png");

    public string Discriminator => Path.Combine(Root, "discriminator");

    public string LanguageModel => Path.Combine(Root, "language-model");

    public string Generator => Path.Combine(Root, "generator");

    /// <summary>Whether there is a checkpoint to go on from: not one that was still being written, nor one that was found damaged.</summary>
    public bool HasCheckpoints => Directory.Exists(Checkpoints) && Directory.EnumerateDirectories(Checkpoints).Any(path => CheckpointName().IsMatch(Path.GetFileName(path)));

    /// <summary>What starting over deletes.</summary>
    public string Remains => string.Join(", ", Deletable.Where(Path.Exists).Select(Path.GetFileName));

    private string[] Deletable => [Checkpoints, Metrics, TensorBoard, Start];

    /// <summary>Whether an earlier start left text ready to train on.</summary>
    public bool IsPrepared => TokenShardManifest.Exists(Shards) && File.Exists(Vocabulary);

    /// <summary>Gives up the shards of another text; first what makes them whole, so that a rest of them is never taken for that.</summary>
    public void DropShards()
    {
        if (!Directory.Exists(Shards)) return;
        File.Delete(Path.Combine(Shards, TokenShardManifest.FileName));
        Directory.Delete(Shards, recursive: true);
    }

    /// <summary>Gives finished shards their name.</summary>
    public void FinishShards() => Directory.Move(UnfinishedShards, Shards);

    /// <summary>Gives up the run in this folder; the prepared corpus stays.</summary>
    public void StartOver()
    {
        foreach (string left in Deletable.Where(Directory.Exists)) Directory.Delete(left, recursive: true);
        File.Delete(Metrics);
        File.Delete(Start);
    }

    /// <summary>Removes the root when this program created it and nothing but its lock is in it.</summary>
    public void DropUnused()
    {
        if (wasThere || !Directory.Exists(Root)) return;
        if (Directory.EnumerateFileSystemEntries(Root).All(entry => Path.GetFileName(entry) is "run.lock" or "run.owner"))
            Directory.Delete(Root, recursive: true);
    }

    /// <summary>Removes unfinished shards.</summary>
    public void DropUnfinished()
    {
        if (Directory.Exists(UnfinishedShards)) Directory.Delete(UnfinishedShards, recursive: true);
    }

    [GeneratedRegex("^step-[0-9]{6,}(\\.replaced)?$", RegexOptions.CultureInvariant)]
    private static partial Regex CheckpointName();
}
