using Electra.Data;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>What was made of a text, in words.</summary>
internal static class CorpusSummary
{
    /// <summary>How far the held-out share may be from what was asked for, as a fraction of it.</summary>
    private const double Tolerance = 0.25;

    /// <summary>Held-out tokens from which figures begin to mean something.</summary>
    private const long Enough = 1000;

    /// <summary>The whole text.</summary>
    public static string Text(TokenShardManifest manifest) => $"{Count(manifest.Documents, "document")} with {manifest.Tokens:N0} tokens";

    /// <summary>What is kept from training.</summary>
    public static string HeldOut(HeldOutReport report)
    {
        string[] what =
        [
            .. report.Documents > 0 ? [Count(report.Documents, "document")] : Array.Empty<string>(),
            .. report.Parts > 0 ? [$"{Count(report.Parts, "run")} of lines out of documents too long to hold out whole"] : Array.Empty<string>(),
        ];
        return $"held out {report.Fraction:P2} of it: {string.Join(" and ", what)}, {report.Tokens:N0} tokens";
    }

    /// <summary>What to say when the share is not what was asked for or too small to tell anything; null when there is nothing to say.</summary>
    public static string? Warning(HeldOutReport report, double asked) =>
        Math.Abs((report.Fraction / asked) - 1) > Tolerance
            ? $"{asked:P2} was to be held out; the text is too short, or repeats itself too much, to part it so."
        : report.Tokens < Enough ? $"Figures measured on {report.Tokens:N0} tokens tell little: hold out more (--held-out), or give more text."
        : null;

    /// <summary>What to say of text files in which nothing separates documents; null when there is nothing to say.</summary>
    public static string? Advice(TokenShardManifest manifest, CorpusFileList corpus, bool oneDocumentPerLine)
    {
        bool isText = corpus.Files.All(file => file.Contains(".txt", StringComparison.OrdinalIgnoreCase));
        return !isText || oneDocumentPerLine || manifest.Documents > corpus.Files.Count || manifest.Lines == manifest.Documents ? null
            : "No blank line was found, so a file is one document. If each line is one: --one-document-per-line.";
    }

    /// <summary>A number and what it counts.</summary>
    public static string Count(long number, string what) => $"{number:N0} {what}{(number == 1 ? "" : "s")}";
}
