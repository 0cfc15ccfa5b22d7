using System.Text.Json.Nodes;
using Electra.Files;

namespace Electra.FineTuning;

/// <summary>
/// Which evaluation of a run was the best, and the folders with its model. A folder is given up only when no checkpoint speaks of it any more, so that
/// a run that is killed at any point, or goes back to an earlier checkpoint, finds what that one speaks of.
/// </summary>
internal sealed class BestModel(string outputFolder)
{
    private const string Prefix = "best-";

    /// <summary>The score of the best evaluation; null before the first.</summary>
    public double? Score { get; private set; }

    /// <summary>Updates made before it; -1 before the first.</summary>
    public long Step { get; private set; } = -1;

    /// <summary>Evaluations since then.</summary>
    public int EvaluationsSince { get; private set; }

    /// <summary>Where its model is.</summary>
    public string Folder => FolderOf(Step);

    /// <summary>Takes note of an evaluation; tells whether it is the best so far.</summary>
    public bool Add(long step, double score)
    {
        // NaN, the correlation of constants, is worse than any score.
        if (Score is double best && !(score > best) && !(double.IsNaN(best) && !double.IsNaN(score)))
        {
            EvaluationsSince++;
            return false;
        }

        (Score, Step, EvaluationsSince) = (score, step, 0);
        return true;
    }

    /// <summary>Has the best model written, under its final name only when it is whole.</summary>
    public void Save(Action<string> write)
    {
        string unfinished = Path.Combine(outputFolder, $"{Prefix}unfinished");
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        write(unfinished);
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true); // of a run that was killed behind its checkpoint
        Directory.Move(unfinished, Folder);
        FileSync.FlushFolder(outputFolder);
    }

    /// <summary>Deletes the models of earlier evaluations.</summary>
    /// <param name="checkpoints">What the checkpoints hold; the models that they speak of stay.</param>
    public void DeleteOthers(IEnumerable<JsonObject> checkpoints)
    {
        HashSet<string> kept = [Folder, .. checkpoints.Select(saved => FolderOf(saved["step"]!.GetValue<long>()))];
        foreach (string folder in Directory.GetDirectories(outputFolder, Prefix + "*"))
            if (!kept.Contains(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>What a checkpoint holds.</summary>
    public JsonObject ToJson() => new() { ["score"] = Score is double score && double.IsFinite(score) ? score : null, ["step"] = Step, ["since"] = EvaluationsSince };

    /// <summary>Takes up what a checkpoint holds.</summary>
    public void Restore(JsonObject saved)
    {
        (Step, EvaluationsSince) = (saved["step"]!.GetValue<long>(), saved["since"]!.GetValue<int>());
        Score = saved["score"]?.GetValue<double>() ?? (Step < 0 ? null : double.NaN);
    }

    /// <summary>Begins anew where the best model is of an evaluation whose folder was given up since.</summary>
    public void ForgetMissing()
    {
        if (Step >= 0 && !Directory.Exists(Folder)) (Score, Step) = (null, -1);
    }

    private string FolderOf(long step) => Path.Combine(outputFolder, $"{Prefix}{step}");
}
