using System.Text;
using System.Xml.Linq;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>Turns the XML of one documentation comment into plain lines of text.</summary>
internal static class DocumentationText
{
    private static readonly HashSet<string> Told = ["summary", "remarks", "param", "typeparam", "returns", "value", "exception", "example"];
    private static readonly HashSet<string> Blocks = ["para", "item", "description", "list", "table", "tr", "td", "br"];

    /// <summary>The paragraphs of every telling element of a <c>member</c>, in document order; code samples are left out.</summary>
    public static IEnumerable<string> Paragraphs(XElement member) =>
        member.Elements().Where(element => Told.Contains(element.Name.LocalName)).SelectMany(Lines);

    /// <summary>The summary of a <c>member</c> in one line; empty where it has none.</summary>
    public static string Summary(XElement member) => string.Join(' ', member.Elements("summary").SelectMany(Lines));

    /// <summary>The last name of a documentation id: <c>M:System.IO.Stream.Read(System.Byte[])</c> gives <c>Read</c>.</summary>
    public static string ShortName(string id)
    {
        string path = WithoutArguments(id);
        string name = path[(path.LastIndexOf('.') + 1)..];
        if (name is "#ctor" or "#cctor") return ShortName(path[..path.LastIndexOf('.')]);
        int backtick = name.IndexOf('`');
        return backtick < 0 ? name : name[..backtick];
    }

    /// <summary>The full name of the type that a documentation id belongs to: the id itself for <c>T:</c>, else its parent.</summary>
    public static string TypeName(string id)
    {
        string path = WithoutArguments(id);
        if (id.StartsWith("T:", StringComparison.Ordinal)) return path;
        int dot = path.LastIndexOf('.');
        return dot < 0 ? path : path[..dot];
    }

    /// <summary>A documentation id without its kind and its arguments: <c>System.IO.Stream.Read</c>.</summary>
    public static string WithoutArguments(string id)
    {
        string path = id.Length > 1 && id[1] == ':' ? id[2..] : id;
        int arguments = path.IndexOfAny(['(', '{', '~']);
        return arguments < 0 ? path : path[..arguments];
    }

    private static IEnumerable<string> Lines(XElement element)
    {
        var text = new StringBuilder();
        Append(element, text);
        foreach (string line in text.ToString().Split('\n'))
        {
            string collapsed = string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            if (collapsed.Any(char.IsLetter)) yield return collapsed;
        }
    }

    private static void Append(XElement element, StringBuilder text)
    {
        foreach (XNode node in element.Nodes())
        {
            if (node is XText words) AppendWords(words.Value, text);
            else if (node is XElement child) AppendChild(child, text);
        }
    }

    /// <summary>A blank line in the source separates paragraphs; a single line break is only wrapping.</summary>
    private static void AppendWords(string words, StringBuilder text)
    {
        string[] lines = words.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            bool isBlankBetween = i > 0 && i < lines.Length - 1 && string.IsNullOrWhiteSpace(lines[i]);
            text.Append(isBlankBetween ? "\n" : i > 0 ? " " : "").Append(lines[i]);
        }
    }

    private static void AppendChild(XElement child, StringBuilder text)
    {
        string name = child.Name.LocalName;
        if (name == "code") return;
        if (Blocks.Contains(name)) text.Append('\n');
        if (!child.IsEmpty && child.Value.Length > 0)
        {
            Append(child, text);
        }
        else
        {
            text.Append((string?)child.Attribute("langword") ?? (string?)child.Attribute("name"));
            if ((string?)child.Attribute("cref") is { } reference) text.Append(ShortName(reference));
        }

        if (Blocks.Contains(name)) text.Append('\n');
    }
}
