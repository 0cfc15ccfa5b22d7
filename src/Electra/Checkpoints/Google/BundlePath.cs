using System.Text.RegularExpressions;
using Electra.Files;

namespace Electra.Checkpoints;

/// <summary>Finds the files of a TensorFlow checkpoint by any of the names that people give it.</summary>
internal static partial class BundlePath
{
    private const string Index = ".index", List = "checkpoint";
    private const int LongestList = 1 << 20;

    /// <summary>The prefix that all files of a checkpoint have in common.</summary>
    /// <param name="path">The prefix itself, one of the files, or a folder.</param>
    /// <exception cref="FileNotFoundException">There is no checkpoint.</exception>
    /// <exception cref="InvalidDataException">It is of the old form, or the folder's list names none.</exception>
    public static string Prefix(string path)
    {
        if (Directory.Exists(path)) return OfFolder(path);
        string prefix = Suffix().Replace(path, string.Empty);
        if (File.Exists(prefix + Index)) return prefix;
        if (File.Exists(path) && IsTable(path)) throw OldForm(path);
        throw new FileNotFoundException(
            $"There is no TensorFlow checkpoint '{prefix}': '{prefix}{Index}' is missing. Name a prefix such as model.ckpt-1000, an {Index} file, or a folder.", prefix + Index);
    }

    /// <summary>The path of a data file.</summary>
    /// <param name="prefix">Of the checkpoint.</param>
    /// <param name="shard">From 0.</param>
    /// <param name="shards">How many there are.</param>
    public static string Data(string prefix, int shard, int shards) => FormattableString.Invariant($"{prefix}.data-{shard:D5}-of-{shards:D5}");

    /// <summary>What to say of a checkpoint of TensorFlow's first form.</summary>
    public static InvalidDataException OldForm(string path) => new(
        $"'{path}' is a checkpoint of TensorFlow's old form (SaverDef.V1, one file without {Index}), which is not read here: restore it in TensorFlow and save it with a Saver whose write_version is V2.");

    private static string OfFolder(string folder)
    {
        string list = Path.Combine(folder, List);
        if (!File.Exists(list))
        {
            return Directory.GetFiles(folder, "*" + Index) switch
            {
                [string only] => only[..^Index.Length],
                [] => throw new FileNotFoundException($"'{folder}' holds no TensorFlow checkpoint: neither '{List}' nor an {Index} file.", list),
                _ => throw new FileNotFoundException($"'{folder}' holds several checkpoints and no file '{List}' that says which: name one.", list),
            };
        }

        if (new FileInfo(list).Length > LongestList) throw new InvalidDataException($"'{list}' is no list of checkpoints: it is too long.");
        string text = File.ReadAllText(list);
        Match match = Latest().Match(text);
        if (!match.Success)
            throw new InvalidDataException($"'{list}' does not name a checkpoint{(MisplacedFile.Recognize(text) is string what ? $": {what}" : "")}; it should have a line 'model_checkpoint_path: \"...\"'.");
        string named = Escape().Replace(match.Groups[1].Value, "$1");
        if (named.Length == 0 || named.Contains('\0', StringComparison.Ordinal)) throw new InvalidDataException($"'{list}' names no usable path.");

        // The folder may have been moved since, or have been one of another machine or store.
        string here = Path.Combine(folder, named), moved = Path.Combine(folder, named[(named.LastIndexOfAny(['/', '\\']) + 1)..]);
        return Prefix(Exists(here) || !Exists(moved) ? here : moved);
    }

    private static bool Exists(string prefix) => File.Exists(prefix + Index) || File.Exists(prefix);

    private static bool IsTable(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] end = new byte[8];
        if (file.Length < end.Length) return false;
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        return IndexTable.HasMagic(end);
    }

    [GeneratedRegex(@"\.(index|meta|data-\d+-of-\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^\s*model_checkpoint_path\s*:\s*[""']((?:[^""'\\\n]|\\.)*)[""']", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Latest();

    [GeneratedRegex(@"\\(.)", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
