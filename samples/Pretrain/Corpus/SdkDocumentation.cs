using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;
using Electra.Data;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>
/// The English reference documentation that every .NET SDK carries (<c>packs/*/*/ref/*/*.xml</c>), as text to pre-train on: one document
/// a type, its members' paragraphs as lines. A paragraph that was seen before anywhere is dropped, so that a held-out document
/// shares no whole paragraph with a training document.
/// </summary>
internal sealed class SdkDocumentation : IDocumentSource
{
    /// <summary>What to tell a user whose SDK has no documentation.</summary>
    public const string NotFound = "The .NET SDK's reference documentation (packs/*/*/ref/*/*.xml) was not found on this machine; "
        + "give your own text with --corpus <files, folders or globs>.";

    private SdkDocumentation(IReadOnlyList<string> files) => Files = files;

    /// <summary>The XML files, in a fixed order (the dedupe depends on it).</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Finds the documentation of the SDK that runs this program.</summary>
    /// <returns>Null when no file is found, for example where only the runtime is installed.</returns>
    public static SdkDocumentation? Find() => FindUnder(DotnetRoots());

    /// <summary>Finds documentation under the first of some .NET installation folders that has any.</summary>
    public static SdkDocumentation? FindUnder(IEnumerable<string> dotnetRoots) =>
        dotnetRoots.Select(FilesUnder).Where(files => files.Count > 0).Select(files => new SdkDocumentation(files)).FirstOrDefault();

    /// <summary>Where .NET may be installed: first the folder of the running runtime, then what the environment names.</summary>
    public static IEnumerable<string> DotnetRoots()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        yield return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root) yield return root;
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host) yield return Path.GetDirectoryName(host)!;
    }

    /// <summary>One document a type, types in the order of first appearance.</summary>
    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default) =>
        ReadTypes(cancellationToken).Select(type => new Document(type.Lines));

    /// <summary>The same with the full name of each type.</summary>
    public IEnumerable<(string Type, IReadOnlyList<string> Lines)> ReadTypes(CancellationToken cancellationToken = default)
    {
        var linesOfType = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var order = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // parsing takes nearly all the time and is independent a file; merging keeps the files' order
        var parsed = Files.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(file => ReadLines(file).ToList());
        foreach ((string type, string line) in parsed.SelectMany(members => members))
        {
            if (!seen.Add(line)) continue;
            if (!linesOfType.TryGetValue(type, out List<string>? lines))
            {
                linesOfType.Add(type, lines = []);
                order.Add(type);
            }

            lines.Add(line);
        }

        return order.Select(type => (type, (IReadOnlyList<string>)linesOfType[type]));
    }

    /// <summary>The members that have a summary, in the order of their names; overloads that are summed up in the same words are one, and so is what two packs tell.</summary>
    public IReadOnlyList<SdkMember> ReadMembers(CancellationToken cancellationToken = default) =>
    [
        .. Files.AsParallel().AsOrdered().WithCancellation(cancellationToken).SelectMany(ReadSummaries)
            .AsSequential().DistinctBy(member => (member.Title, member.Summary)).OrderBy(member => member.Title, StringComparer.Ordinal),
    ];

    private static IEnumerable<SdkMember> ReadSummaries(string file)
    {
        string assembly = Path.GetFileNameWithoutExtension(file);
        foreach (XElement element in ReadElements(file))
        {
            var member = new SdkMember((string?)element.Attribute("name") ?? "", assembly, DocumentationText.Summary(element));
            if (member.Summary.Length > 0 && !member.IsHidden) yield return member;
        }
    }

    private static IEnumerable<(string Type, string Line)> ReadLines(string file)
    {
        foreach (XElement member in ReadElements(file))
        {
            string type = DocumentationText.TypeName((string?)member.Attribute("name") ?? "");
            foreach (string line in DocumentationText.Paragraphs(member)) yield return (type, line);
        }
    }

    private static IEnumerable<XElement> ReadElements(string file)
    {
        var settings = new XmlReaderSettings { IgnoreComments = true, DtdProcessing = DtdProcessing.Prohibit };
        using XmlReader reader = XmlReader.Create(file, settings);
        reader.MoveToContent();
        while (!reader.EOF)
        {
            if (reader.NodeType != XmlNodeType.Element || reader.LocalName != "member")
            {
                reader.Read();
                continue;
            }

            yield return (XElement)XNode.ReadFrom(reader);
        }
    }

    private static List<string> FilesUnder(string dotnetRoot)
    {
        var packs = new DirectoryInfo(Path.Combine(dotnetRoot, "packs"));
        if (!packs.Exists) return [];
        // only the newest version of a pack: an older one says nearly the same of the same types
        return [.. packs.EnumerateDirectories()
            .OrderBy(pack => pack.Name, StringComparer.Ordinal)
            .Select(pack => pack.EnumerateDirectories().Where(version => Directory.Exists(Path.Combine(version.FullName, "ref")))
                .OrderBy(version => ParseVersion(version.Name)).ThenBy(version => version.Name, StringComparer.Ordinal).LastOrDefault())
            .OfType<DirectoryInfo>()
            .SelectMany(version => new DirectoryInfo(Path.Combine(version.FullName, "ref")).EnumerateDirectories())
            .SelectMany(target => target.EnumerateFiles("*.xml"))
            .Select(file => file.FullName)
            .OrderBy(path => path, StringComparer.Ordinal)];
    }

    private static Version ParseVersion(string folder) =>
        Version.TryParse(folder.Split('-')[0], out Version? version) ? version : new Version(0, 0);
}
