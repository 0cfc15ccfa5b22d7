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
    public static CorpusIdentity Compute(RunPlan plan, IEnumerable<string> files) => CorpusIdentity.Of(files, plan.Reading)
        .With("text", plan.IsDefaultCorpus ? $"the SDK's documentation, version {Version}" : "files")
        .With("vocabulary", plan.Vocabulary is null
            ? $"learned, {plan.Learning.VocabSize.ToString(CultureInfo.InvariantCulture)} tokens"
            : $"a file with the hash {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(plan.Vocabulary)))[..12]}")
        .With("tokenizer", plan.TokenizerChoices);
}
