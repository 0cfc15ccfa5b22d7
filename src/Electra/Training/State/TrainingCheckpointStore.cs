using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Electra.Checkpoints;
using Electra.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>
/// A folder of checkpoints to resume from, <c>step-000123/</c> each. However the process or the machine stops, every folder of that
/// form is complete, because a checkpoint is written under another name, forced to the disk and then renamed. One writer at a time.
/// </summary>
internal sealed partial class TrainingCheckpointStore
{
    // Being written or being deleted: never read, removed at the next save.
    private const string PartialSuffix = ".partial";

    // The former checkpoint of a step that is saved a second time: complete, and read as long as the new one is not in place.
    private const string ReplacedSuffix = ".replaced";

    // Found damaged by a run that went on from an earlier one: never read again, and left for a person to look at.
    private const string DamagedSuffix = ".damaged";

    private readonly string _folder;
    private readonly int _keepLast;
    private readonly ILogger _logger;
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);

    /// <summary>Names a folder; nothing is created before the first <see cref="Save"/>.</summary>
    /// <param name="folder">Where the checkpoints lie; nothing else should.</param>
    /// <param name="keepLast">How many to keep, 1 or more. <value>Default: 3.</value> With 1 there is none to fall back on.</param>
    /// <param name="logger">Told of checkpoints that were found damaged (warning), saved or removed (debug).</param>
    public TrainingCheckpointStore(string folder, int keepLast = 3, ILogger? logger = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keepLast);
        _folder = Path.GetFullPath(folder);
        _keepLast = keepLast;
        _logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Called with the name of each stage of a save that was passed, so that tests can stop there.</summary>
    internal Action<string>? StagePassed { get; set; }

    /// <summary>
    /// Saves a checkpoint and removes those beyond the last N. Checkpoints of later steps are removed too: they belong to a run that was
    /// given up when this one went on from an earlier step. Those that <see cref="LoadLatest"/> found damaged are kept aside under another
    /// name, <c>step-000123.damaged</c>.
    /// </summary>
    /// <param name="step">The number of finished steps, 0 or more.</param>
    /// <param name="tensors">Flat parameters, optimizer moments: any names, any device.</param>
    /// <param name="values">Small values as JSON: data position, options. Not changed.</param>
    /// <param name="cancellationToken">Gives the save up between two files; earlier checkpoints stay.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="IOException">It could not be written; the message says why, and the earlier checkpoints are untouched.</exception>
    public string Save(
        long step, IEnumerable<(string Name, Tensor Tensor)> tensors, JsonObject values, CancellationToken cancellationToken = default)
    {
        try
        {
            return SaveOrThrow(step, tensors, values, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            DropUnfinished(); // a full disk needs the room
            throw new IOException($"The checkpoint of step {step} can't be written in '{_folder}': {error.Message} Those before it are untouched.", error);
        }
    }

    private string SaveOrThrow(
        long step, IEnumerable<(string Name, Tensor Tensor)> tensors, JsonObject values, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        cancellationToken.ThrowIfCancellationRequested();
        Directory.CreateDirectory(_folder);
        foreach (string leftover in Directory.GetDirectories(_folder, "*" + PartialSuffix)) Directory.Delete(leftover, recursive: true);
        string target = Path.Combine(_folder, $"step-{step.ToString("D6", CultureInfo.InvariantCulture)}");
        string partial = target + PartialSuffix;
        Directory.CreateDirectory(partial);
        StagePassed?.Invoke("folder");
        SafetensorsWriter.Write(Path.Combine(partial, TrainingCheckpoint.TensorsFile), tensors);
        StagePassed?.Invoke("tensors");
        cancellationToken.ThrowIfCancellationRequested();
        FileSync.WriteFile(
            Path.Combine(partial, TrainingCheckpoint.StateFile), stream => TrainingCheckpoint.WriteState(stream, step, values));
        StagePassed?.Invoke("state");
        CheckpointManifest.Write(partial);
        FileSync.FlushFolder(partial);
        StagePassed?.Invoke("manifest");
        cancellationToken.ThrowIfCancellationRequested();
        Publish(partial, target);
        RemoveOthers(step);
        _logger.LogDebug("Saved checkpoint {Folder}", target);
        return target;
    }

    /// <summary>
    /// Opens the newest intact checkpoint. Damaged ones (a file missing, cut short or altered) are named in a warning and passed over.
    /// </summary>
    /// <param name="atMost">Those of later steps are passed over.</param>
    /// <param name="orNone">Whether damaged ones alone are as good as none.</param>
    /// <returns>The checkpoint, to be disposed by the caller; null when the folder holds none.</returns>
    /// <exception cref="InvalidDataException">There are checkpoints but none is intact; the message names the fault of each.</exception>
    public TrainingCheckpoint? LoadLatest(long atMost = long.MaxValue, bool orNone = false)
    {
        var faults = new List<string>();
        foreach ((string path, long step) in Find().Where(found => found.Step <= atMost))
        {
            try
            {
                return TrainingCheckpoint.Open(path, step);
            }
            catch (Exception error) when (error is InvalidDataException or IOException)
            {
                _logger.LogWarning("Checkpoint {Folder} is damaged and passed over: {Fault}", path, error.Message);
                faults.Add(error.Message);
                _damaged.Add(path);
            }
        }

        if (faults.Count == 0 || orNone) return null;
        throw new InvalidDataException(
            $"No checkpoint in '{_folder}' is intact. Remove the folder to start anew. {string.Join(" ", faults)}");
    }

    /// <summary>The steps that have a checkpoint, newest first, intact or not.</summary>
    public IReadOnlyList<long> Steps() => [.. Find().Select(found => found.Step).Distinct()];

    /// <summary>The small values of all checkpoints in a folder; of a damaged one none.</summary>
    /// <param name="checkpoint">One of them.</param>
    public static IEnumerable<JsonObject> ValuesBeside(string checkpoint) =>
        Directory.GetDirectories(Path.GetDirectoryName(checkpoint)!, "step-*").Where(path => CheckpointName().IsMatch(Path.GetFileName(path)))
            .Select(TrainingCheckpoint.TryReadValues).OfType<JsonObject>();

    private void DropUnfinished()
    {
        try
        {
            foreach (string leftover in Directory.GetDirectories(_folder, "*" + PartialSuffix)) Directory.Delete(leftover, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // it is what can't be written either; the next save tries again
        }
    }

    private void Publish(string partial, string target)
    {
        string replaced = target + ReplacedSuffix;
        if (_damaged.Remove(target)) SetAside(target);
        if (Directory.Exists(target))
        {
            // A stop in the last save of this step can have left both; the one in place is the newer.
            if (Directory.Exists(replaced)) Remove(replaced);
            Directory.Move(target, replaced);
            StagePassed?.Invoke("replaced");
        }

        Directory.Move(partial, target);
        FileSync.FlushFolder(_folder);
        StagePassed?.Invoke("published");
    }

    private void RemoveOthers(long step)
    {
        IEnumerable<long> intact = Find().Where(found => found.Step <= step && !_damaged.Contains(found.Path)).Select(found => found.Step);
        long[] kept = [.. intact.Distinct().Take(_keepLast)];
        foreach ((string path, long found) in Find())
        {
            if (_damaged.Remove(path))
            {
                SetAside(path);
                continue;
            }

            if (kept.Contains(found) && !path.EndsWith(ReplacedSuffix, StringComparison.Ordinal)) continue;
            _logger.LogDebug("Removing checkpoint {Folder}", path);
            Remove(path);
            StagePassed?.Invoke("removed");
        }
    }

    private void SetAside(string path)
    {
        string aside = path + DamagedSuffix;
        for (int copy = 2; Directory.Exists(aside); copy++) aside = $"{path}{DamagedSuffix}-{copy}";
        Directory.Move(path, aside);
        _logger.LogWarning("The damaged checkpoint is kept aside as {Folder}; delete it when it is of no use", aside);
    }

    // Renamed first, so that a stop in the middle does not leave a folder that looks like a damaged checkpoint.
    private static void Remove(string path)
    {
        string doomed = path + PartialSuffix;
        Directory.Move(path, doomed);
        Directory.Delete(doomed, recursive: true);
    }

    private List<(string Path, long Step)> Find()
    {
        if (!Directory.Exists(_folder)) return [];
        var found = new List<(string Path, long Step)>();
        foreach (string path in Directory.GetDirectories(_folder, "step-*"))
        {
            Match match = CheckpointName().Match(Path.GetFileName(path));
            if (match.Success && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long step))
            {
                found.Add((path, step));
            }
        }

        // Of one step, the plain name comes before the replaced one.
        return [.. found.OrderByDescending(item => item.Step).ThenBy(item => item.Path.Length)];
    }

    [GeneratedRegex("^step-([0-9]{6,})(?:\\.replaced)?$", RegexOptions.CultureInvariant)]
    private static partial Regex CheckpointName();
}
