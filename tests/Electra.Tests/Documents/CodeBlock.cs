using System.Text.RegularExpressions;

namespace Electra.Tests.Documents;

/// <summary>
/// C# in a document: <c>```csharp</c> is a program that stands alone, <c>```csharp continued</c> goes on from the page's program.
/// </summary>
/// <param name="Page">The document's path within the checkout.</param>
/// <param name="Line">The line of its first statement or directive, counted from 1.</param>
/// <param name="Text">What stands between the fences.</param>
/// <param name="IsContinued">Whether it goes on from the page's program.</param>
internal sealed partial record CodeBlock(string Page, int Line, string Text, bool IsContinued)
{
    /// <summary>Its leading <c>using</c> directives, each with its line end.</summary>
    public string Usings => Directives().Match(Text).Value;

    /// <summary>What follows the directives.</summary>
    public string Statements => Text[Usings.Length..];

    /// <summary>The line of the first of <see cref="Statements"/>.</summary>
    public int StatementLine => Line + Usings.Count(c => c == '\n');

    /// <summary>The C# blocks of a document, in their order.</summary>
    /// <param name="page">The document's path.</param>
    /// <param name="text">The document.</param>
    /// <exception cref="FormatException">A fence is marked as C# in some other way.</exception>
    public static IReadOnlyList<CodeBlock> In(string page, string text)
    {
        List<CodeBlock> blocks = [];
        foreach (Match fence in Fence().Matches(text))
        {
            string info = fence.Groups["info"].Value.Trim();
            if (!CSharp().IsMatch(info)) continue;
            int line = text[..fence.Groups["code"].Index].Count(c => c == '\n') + 1;
            if (info is not ("csharp" or "csharp continued")) throw new FormatException($"{page}, line {line - 1}: '{info}' is neither 'csharp' nor 'csharp continued'");
            blocks.Add(new(page, line, fence.Groups["code"].Value, info != "csharp"));
        }

        return blocks;
    }

    [GeneratedRegex(@"^(?<indent> *)(?<ticks>```+|~~~+)(?<info>[^\n]*)\n(?<code>.*?)^\k<indent>\k<ticks>", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^(c#|cs|csharp|csx)(?!\w)", RegexOptions.IgnoreCase)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"\A(using [\w.]+;\s*?\n|\s*?\n)*")]
    private static partial Regex Directives();
}
