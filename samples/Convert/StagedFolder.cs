using System.Text.RegularExpressions;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Convert;

/// <summary>A folder that is filled beside its place and put there when it is whole; until then the place is as it was.</summary>
internal sealed partial class StagedFolder : IDisposable
{
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

    /// <summary>Puts everything in its place and takes away the weights of another form that were there.</summary>
    public void Commit()
    {
        if (!Directory.Exists(_target) || !Directory.EnumerateFileSystemEntries(_target).Any())
        {
            if (Directory.Exists(_target)) Directory.Delete(_target);
            Directory.Move(FullPath, _target);
            return;
        }

        string[] before = [.. Models(_target)];
        HashSet<string> written = [];
        foreach (string path in Directory.EnumerateFiles(FullPath, "*", SearchOption.AllDirectories))
        {
            string place = Path.Combine(_target, Path.GetRelativePath(FullPath, path));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Move(path, place, overwrite: true);
            written.Add(place);
        }

        foreach (string old in before.Where(path => !written.Contains(path) && Weights().IsMatch(Path.GetFileName(path)))) File.Delete(old);
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
