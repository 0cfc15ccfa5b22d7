using System.Globalization;
using System.Security.Cryptography;
using Electra.Data;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>What tells whether shards of an earlier start still belong to what is asked for now.</summary>
internal static class CorpusFingerprint
{
    /// <summary>Changes when text is taken from the SDK's documentation differently, so that old shards are not taken for new ones.</summary>
    private const string Version = "1";

    /// <summary>The content of the files, how they are read, and the vocabulary.</summary>
    public static CorpusIdentity Compute(RunPlan plan, IEnumerable<string> files) => plan.Start is { } start
        ? Text(plan, files)
            .With("vocabulary", $"that of a model, with the hash {start.VocabularyHash[..HashLength]}")
            .With("extra words", start.ExtraWords is null ? "none" : $"a file with the hash {HashOf(start.ExtraWords)}")
            .With("words of the corpus", start.ExtraWordCount.ToString(CultureInfo.InvariantCulture))
        : Text(plan, files)
            .With("vocabulary", plan.Vocabulary is null
                ? $"learned, {plan.Learning.VocabSize.ToString(CultureInfo.InvariantCulture)} tokens"
                : $"a file with the hash {HashOf(plan.Vocabulary)}")
            .With("tokenizer", plan.TokenizerChoices);

    private const int HashLength = 12;

    private static string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))[..HashLength];

    private static CorpusIdentity Text(RunPlan plan, IEnumerable<string> files) => CorpusIdentity.Of(files, plan.Reading)
        .With("text", plan.IsDefaultCorpus ? $"the SDK's documentation, version {Version}" : "files");
}
