using System.Security.Cryptography;
using System.Text;
using Electra.Data;
using Electra.Inference;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Samples.Search.Options;
using Electra.Samples.Search.Passages;
using Electra.Samples.Search.Reporting;

namespace Electra.Samples.Search.Index;

/// <summary>Reads the passages and computes their vectors, or finds both in the index that an earlier start has left.</summary>
internal sealed class PassageIndexer(SearchPlan plan, RunConsole progress)
{
    // Changes when passages are made of the same text differently.
    private const string Version = "1";

    /// <summary>The passages, and the vectors where there is an encoder.</summary>
    /// <exception cref="UsageException">There is no text, or the index belongs to another one; says what to do.</exception>
    public (IReadOnlyList<Passage> Passages, VectorIndex? Vectors) Open(TextEmbedder? embedder, CancellationToken cancellationToken)
    {
        SdkDocumentation? documentation = plan.Corpus is null ? SdkDocumentation.Find() ?? throw new UsageException(SdkDocumentation.NotFound) : null;
        IReadOnlyList<string> files = documentation?.Files ?? plan.Corpus!.Files;
        CorpusIdentity? identity = plan.Index is null ? null : Identity(files, embedder!);
        if (identity is not null && File.Exists(plan.Index))
            return progress.Working($"reading {plan.Index}", _ => IndexFile.Read(plan.Index, identity));
        if (plan.Corpus is not null) progress.Say(plan.Corpus.DescribeFiles(plan.Reading));
        Passage[] passages = progress.Working("reading the text", told => Read(documentation, told, cancellationToken));
        if (passages.Length == 0) throw new UsageException("The corpus holds no text; name files with text in them.");
        if (embedder is null) return (passages, null);
        VectorIndex vectors = Compute(embedder, passages, progress, cancellationToken);
        if (identity is not null) IndexFile.Write(plan.Index!, identity, passages, vectors);
        return (passages, vectors);
    }

    /// <summary>Computes vectors, and shows how far it has come.</summary>
    public static VectorIndex Compute(TextEmbedder embedder, IReadOnlyList<Passage> passages, RunConsole progress, CancellationToken cancellationToken) =>
        new CountedWork(progress).Run("passages to vectors", "passages", passages.Count,
            done => VectorIndex.Of(embedder, [.. passages.Select(passage => passage.Searched)], done, cancellationToken));

    private Passage[] Read(SdkDocumentation? documentation, Action<string> told, CancellationToken cancellationToken)
    {
        try
        {
            Passage[] passages = [.. documentation is null
                ? PassageReader.Read(plan.Corpus!.Files, plan.Reading, plan.Cutter, cancellationToken)
                : PassageReader.Read(documentation, cancellationToken)];
            told($"{passages.Length:N0} passages");
            return passages;
        }
        catch (InvalidDataException exception)
        {
            throw new UsageException($"{exception.Message}{(MalformedRecord.Of(exception) is null ? "" : " To skip such lines: --bad-lines skip.")}");
        }
    }

    private CorpusIdentity Identity(IEnumerable<string> files, TextEmbedder embedder) => CorpusIdentity.Of(files, plan.Reading)
        .With("passages", $"{(plan.Corpus is null ? "members of the SDK's documentation" : plan.Cutter.Description)}, version {Version}")
        .With("model", $"{Fingerprint(plan.Model!)}, layer {embedder.Options.Layer}");

    // Of all files that say what the model computes; where it lies does not count.
    private static string Fingerprint(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetExtension(file) is not (".safetensors" or ".bin" or ".json" or ".txt")) continue;
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file).Replace('\\', '/')));
            using FileStream content = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(content));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
