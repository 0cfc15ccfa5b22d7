using System.Text.RegularExpressions;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Convert;

/// <summary>A folder that is filled beside its place and put there when it is whole; until then the place is as it was.</summary>
internal sealed partial class StagedFolder : IDisposable
{
    private static readonly string[] Companions =
        ["vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", .. ConvertJob.Kept];

    private readonly string _target;

    /// <summary>Makes it.</summary>
    /// <param name="target">Its place.</param>
    public StagedFolder(string target)
    {
        _target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        FullPath = $"{_target}.{Guid.NewGuid():N}.part";
        Directory.CreateDirectory(FullPath);
    }

    /// <summary>Where it is filled.</summary>
    public string FullPath { get; }

    /// <summary>Requires that no other model is where one shall be written.</summary>
    /// <exception cref="UsageException">There is one, or a file.</exception>
    public static void RequireFree(string target, bool force)
    {
        if (File.Exists(target)) throw new UsageException($"'{target}' is a file; name a folder.");
        if (!force && Directory.Exists(target) && Models(target).FirstOrDefault() is { } found)
            throw new UsageException($"'{target}' holds a model already ({Path.GetRelativePath(target, found)}): name another folder, or replace it with --force.");
    }

    /// <summary>
    /// Puts everything in its place and takes away what was there of another model: weights of another form, tokenizer, what its vectors or its prompt are. Until all
    /// is there it has no config, so that no mixture of both loads.
    /// </summary>
    public void Commit()
    {
        if (!Directory.Exists(_target))
        {
            Directory.Move(FullPath, _target);
            return;
        }

        string[] before = [.. Models(_target)];
        string[] files = [.. Directory.EnumerateFiles(FullPath, "*", SearchOption.AllDirectories).OrderBy(IsConfig)];
        HashSet<string> written = [.. files.Select(Place)];
        string[] folders = [.. written.Where(IsConfig).Select(path => Path.GetDirectoryName(path)!)];
        IEnumerable<string> weights = before.Where(path => Weights().IsMatch(Path.GetFileName(path))), beside = folders.SelectMany(folder => Companions.Select(name => Path.Combine(folder, name)));
        foreach (string old in written.Where(IsConfig).Concat(weights.Concat(beside).Where(path => !written.Contains(path))).Where(File.Exists)) File.Delete(old);
        foreach (string path in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Place(path))!);
            File.Move(path, Place(path), overwrite: true);
        }

        string Place(string path) => Path.Combine(_target, Path.GetRelativePath(FullPath, path));
        static bool IsConfig(string path) => Path.GetFileName(path) == "config.json" && Path.GetFileName(Path.GetDirectoryName(path)) != "1_Pooling";
    }

    /// <summary>Removes what was not put in its place.</summary>
    public void Dispose()
    {
        if (Directory.Exists(FullPath)) Directory.Delete(FullPath, recursive: true);
    }

    // Of the folder and of those for generator and discriminator in it.
    private static IEnumerable<string> Models(string folder) =>
        from place in new[] { folder, Path.Combine(folder, "discriminator"), Path.Combine(folder, "generator") }
        where Directory.Exists(place)
        from path in Directory.EnumerateFiles(place)
        where Path.GetFileName(path) == "config.json" || Weights().IsMatch(Path.GetFileName(path))
        select path;

    [GeneratedRegex(@"^(model(-\d{5}-of-\d{5})?\.safetensors|pytorch_model(-\d{5}-of-\d{5})?\.bin|(model\.safetensors|pytorch_model\.bin)\.index\.json|model\.onnx)$")]
    private static partial Regex Weights();
}
