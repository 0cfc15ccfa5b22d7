using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>Tells whether shards of an earlier start still belong to what is asked for now.</summary>
internal static class CorpusFingerprint
{
    /// <summary>Changes when the text is extracted differently, so that old shards are not taken for new ones.</summary>
    private const string Version = "1";

    /// <summary>A hash over the files (path, length, time of change), how they are read, and the vocabulary.</summary>
    public static string Compute(RunPlan plan, IEnumerable<string> files)
    {
        var text = new StringBuilder(Version);
        foreach (string file in files)
        {
            var info = new FileInfo(file);
            text.Append(CultureInfo.InvariantCulture, $"\n{info.FullName}\t{info.Length}\t{info.LastWriteTimeUtc.Ticks}");
        }

        text.Append(plan.SkipBadLines ? "\nskip" : "\nfail");
        text.Append(plan.Vocabulary is null
            ? $"\nlearn {plan.VocabularySize.ToString(CultureInfo.InvariantCulture)}"
            : $"\nuse {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(plan.Vocabulary)))}");
        if (plan.TokenizerChoices.Length > 0) text.Append('\n').Append(plan.TokenizerChoices);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
