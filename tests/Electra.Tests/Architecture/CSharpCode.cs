using System.Text;

namespace Electra.Tests.Architecture;

/// <summary>Reduces C# text to its code: comments and the content of literals become blanks, lines stay where they were.</summary>
/// <remarks>Code in the holes of interpolated strings is kept, except in raw strings.</remarks>
internal sealed class CSharpCode
{
    private readonly string text;
    private readonly StringBuilder code = new();
    private int at;

    private CSharpCode(string text) => this.text = text;

    public static string Only(string text)
    {
        var scan = new CSharpCode(text);
        scan.Code(inHole: false);
        return scan.code.ToString();
    }

    /// <summary>Copies code up to the end of the text, or up to the brace that ends an interpolation's hole.</summary>
    private void Code(bool inHole)
    {
        int depth = 0;
        while (at < text.Length)
        {
            if (Follows("//")) Blank(End("\n"));
            else if (Follows("/*")) Blank(End("*/") + 2);
            else if (text[at] == '\'') Quoted('\'');
            else if (Follows("\"\"\"")) Raw();
            else if (Follows("@\"") || Follows("$@\"") || Follows("@$\"")) Verbatim();
            else if (Follows("$\"") && !Follows("$\"\"\"")) Interpolated();
            else if (text[at] == '"') Quoted('"');
            else
            {
                if (text[at] == '{') depth++;
                if (text[at] == '}' && depth-- == 0 && inHole) return;
                code.Append(text[at++]);
            }
        }
    }

    private void Interpolated()
    {
        Blank(at + 2);
        while (at < text.Length && text[at] != '"' && text[at] != '\n')
        {
            if (Follows("{{") || text[at] == '\\') Blank(at + 2);
            else if (text[at] != '{') Blank(at + 1);
            else
            {
                Blank(at + 1);
                Code(inHole: true);
            }
        }

        Blank(at + 1);
    }

    private void Quoted(char quote)
    {
        Blank(at + 1);
        while (at < text.Length && text[at] != quote && text[at] != '\n') Blank(at + (text[at] == '\\' ? 2 : 1));
        Blank(at + 1);
    }

    private void Verbatim()
    {
        Blank(text.IndexOf('"', at) + 1);
        while (at < text.Length && (text[at] != '"' || Follows("\"\""))) Blank(at + (text[at] == '"' ? 2 : 1));
        Blank(at + 1);
    }

    private void Raw()
    {
        int quotes = text.AsSpan(at).IndexOfAnyExcept('"');
        string fence = text.Substring(at, quotes);
        Blank(at + quotes);
        Blank(End(fence));
        while (at < text.Length && text[at] == '"') Blank(at + 1);
    }

    private bool Follows(string start) => string.CompareOrdinal(text, at, start, 0, start.Length) == 0;

    private int End(string mark) => text.IndexOf(mark, at, StringComparison.Ordinal) is var end and >= 0 ? end : text.Length;

    private void Blank(int end)
    {
        for (; at < Math.Min(end, text.Length); at++) code.Append(text[at] == '\n' ? '\n' : ' ');
    }
}
