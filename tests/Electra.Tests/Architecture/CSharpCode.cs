using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Electra.Tests.Architecture;

/// <summary>Reduces C# text to its code: comments and the content of literals become blanks, lines stay where they were.</summary>
internal static class CSharpCode
{
    public static string Only(string text)
    {
        char[] code = text.ToCharArray();
        void Blank(TextSpan span)
        {
            for (int at = span.Start; at < span.End; at++) if (code[at] is not ('\n' or '\r')) code[at] = ' ';
        }

        SyntaxNode root = CSharpSyntaxTree.ParseText(text).GetRoot();
        foreach (SyntaxToken token in root.DescendantTokens().Where(token => IsText(token.Kind()))) Blank(token.Span);
        foreach (SyntaxTrivia trivia in root.DescendantTrivia().Where(trivia => IsComment(trivia.Kind()))) Blank(trivia.FullSpan);
        return new string(code);
    }

    private static bool IsText(SyntaxKind kind) => kind is SyntaxKind.StringLiteralToken or SyntaxKind.Utf8StringLiteralToken
        or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
        or SyntaxKind.Utf8SingleLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken
        or SyntaxKind.CharacterLiteralToken or SyntaxKind.InterpolatedStringTextToken;

    private static bool IsComment(SyntaxKind kind) => kind is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
        or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;
}
