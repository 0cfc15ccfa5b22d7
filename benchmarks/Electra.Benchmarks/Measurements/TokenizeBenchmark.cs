using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Workloads;
using Electra.Data;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Measurements;

/// <summary>
/// Times tokenization: on one thread in memory, texts one by one and in padded batches, and the whole way from
/// documents to token shards on all threads.
/// </summary>
internal static class TokenizeBenchmark
{
    private const long Characters = 8_000_000;
    private const long CharactersToLearnFrom = 4_000_000;
    private const int TextCharacters = 400;
    private const int TextsABatch = 2_048;

    /// <summary>Runs it.</summary>
    public static BenchmarkResult Run(BenchmarkSettings settings)
    {
        Document[] documents = Read(settings);
        ElectraTokenizer tokenizer = settings.Vocabulary is string file ? ElectraTokenizer.FromVocabulary(file) : Learn(documents);
        long characters = documents.Sum(document => document.CharacterCount);
        var ids = new List<int>();
        Distribution oneThread = Repeat.Runs(1, settings.Steps, CPU, () =>
        {
            ids.Clear();
            foreach (Document document in documents)
                foreach (string line in document.Lines) tokenizer.EncodeToIds(line, ids);
        });
        long tokens = ids.Count;
        string[] texts = [.. documents.SelectMany(document => document.Lines)
            .SelectMany(line => line.Chunk(TextCharacters)).Select(part => new string(part))];
        string[][] batches = [.. texts.Chunk(TextsABatch)];
        long textTokens = texts.Sum(text => (long)tokenizer.EncodeToIds(text).Count);
        Distribution oneByOne = Repeat.Runs(1, settings.Steps, CPU, () =>
        {
            foreach (string text in texts) tokenizer.Encode(text);
        });
        Distribution padded = Repeat.Runs(1, settings.Steps, CPU, () =>
        {
            foreach (string[] batch in batches) tokenizer.EncodeBatch(batch);
        });
        Distribution masked = Repeat.Runs(1, settings.Steps, CPU, () =>
        {
            foreach (string[] batch in batches) GC.KeepAlive(tokenizer.EncodeBatch(batch).AttentionMask);
        });
        using var folder = new TemporaryFolder();
        var builder = new TokenShardBuilder(tokenizer, new TokenShardBuilderOptions { ThreadCount = settings.Threads, Overwrite = true });
        Distribution shards = Repeat.Runs(1, settings.Steps, CPU, () => builder.Build(new DocumentsInMemory(documents), folder["shards"]));
        string text = settings.Corpus.Count > 0 ? string.Join(' ', settings.Corpus) : "synthetic text (50,000 Zipf-distributed words)";
        string words = settings.Vocabulary ?? $"a vocabulary learned from it ({tokenizer.VocabSize} tokens)";
        return new BenchmarkResult(
            "tokenize", FormattableString.Invariant($"{characters / 1e6:N1} M characters of {text} with {words}"),
            [
                new("one_thread",
                [
                    Figure.Of("tokens_per_second", oneThread.RateOf(tokens), "tokens/s", isDecisive: true),
                    Figure.Of("characters_per_second", oneThread.RateOf(characters), "chars/s"),
                    new("characters_a_token", (double)characters / tokens, ""),
                ]),
                new("one_by_one", [Figure.Of("tokens_per_second", oneByOne.RateOf(textTokens), "tokens/s")]),
                new("padded_batches",
                [
                    Figure.Of("tokens_per_second", padded.RateOf(textTokens), "tokens/s"),
                    Figure.Of("tokens_per_second_with_attention_mask", masked.RateOf(textTokens), "tokens/s"),
                    new("texts_a_batch", TextsABatch, ""),
                ]),
                new("to_token_shards",
                [
                    Figure.Of("tokens_per_second", shards.RateOf(tokens), "tokens/s", isDecisive: true),
                    new("threads", settings.Threads, ""),
                ]),
            ]);
    }

    // In memory, so that neither the disk nor decompression is measured.
    private static Document[] Read(BenchmarkSettings settings)
    {
        IDocumentSource source = settings.Corpus.Count > 0 ? CorpusFiles.Open(settings.Corpus) : new SyntheticText(Characters);
        return [.. new FirstDocuments(source, Characters).ReadDocuments()];
    }

    private static ElectraTokenizer Learn(Document[] documents) => LearnedVocabulary.Of(
        new FirstDocuments(new DocumentsInMemory(documents), CharactersToLearnFrom).ReadDocuments().SelectMany(document => document.Lines));
}
