using System.Text.Json.Nodes;
using Electra.Data;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Data;

public sealed class PretrainingDatasetTests : IDisposable
{
    private static readonly DataOptions Options = new() { SequenceLength = 24, Seed = 7, HeldOutFraction = 0.1 };
    private readonly TemporaryFolder _folder = new();

    public PretrainingDatasetTests() => WordCorpus.Random(200).BuildInto(_folder.FullPath);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PackerKind.Contiguous)]
    [InlineData(PackerKind.SegmentPair)]
    public void Any_position_gives_the_batches_that_follow_it(PackerKind packer)
    {
        List<(DataPosition Start, long[] Ids)> run = [];
        using (var dataset = PretrainingDataset.Open(_folder.FullPath, Options with { Packer = packer }))
        {
            // Past the end of the third epoch.
            for (DataPosition position = default; position.Epoch < 3;)
            {
                using TokenBatch batch = dataset.ReadBatch(position, 7);
                run.Add((position, batch.InputIds.data<long>().ToArray()));
                Assert.Equal(dataset.Training.Advance(position, 7), batch.Next);
                position = batch.Next;
            }
        }

        using var reopened = PretrainingDataset.Open(_folder.FullPath, Options with { Packer = packer });
        foreach ((DataPosition start, long[] ids) in run)
        {
            using TokenBatch batch = reopened.ReadBatch(start, 7);
            Assert.Equal(ids, batch.InputIds.data<long>().ToArray());
        }
    }

    [Theory]
    [InlineData(PackerKind.Contiguous)]
    [InlineData(PackerKind.SegmentPair)]
    public void Examples_of_another_length_are_those_of_a_dataset_opened_with_it(PackerKind packer)
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options with { Packer = packer });
        using var other = PretrainingDataset.Open(_folder.FullPath, Options with { Packer = packer, SequenceLength = 40 });
        var position = new DataPosition(2, 3);
        using (TokenBatch expected = other.Training.ReadBatch(position, 9), actual = dataset.TrainingAt(40).ReadBatch(position, 9))
            Assert.Equal(expected.InputIds.data<long>().ToArray(), actual.InputIds.data<long>().ToArray());
        using (TokenBatch expected = other.HeldOut.ReadBatch(default, 9), actual = dataset.HeldOutAt(40).ReadBatch(default, 9))
            Assert.Equal(expected.InputIds.data<long>().ToArray(), actual.InputIds.data<long>().ToArray());
        Assert.Same(dataset.Training, dataset.TrainingAt(24));
        Assert.Same(dataset.HeldOut, dataset.HeldOutAt(24));
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.TrainingAt(4));
    }

    [Fact]
    public void A_batch_is_the_same_in_one_piece_and_in_rank_pieces()
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options);
        var start = new DataPosition(1, dataset.ExampleCount - 5);
        using TokenBatch whole = dataset.ReadBatch(start, 12);
        var pieces = new List<long>();
        for (int rank = 0; rank < 3; rank++)
        {
            using TokenBatch piece = dataset.ReadBatch(dataset.Training.Advance(start, rank * 4), 4);
            pieces.AddRange(piece.InputIds.data<long>().ToArray());
        }

        Assert.Equal(whole.InputIds.data<long>().ToArray(), pieces);
        Assert.Equal(new DataPosition(2, 7), whole.Next);
    }

    [Fact]
    public void An_epoch_holds_every_training_token_once_in_a_new_order_each_time()
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options);
        List<long[]> epochs = [];
        for (int epoch = 0; epoch < 3; epoch++)
        {
            using TokenBatch batch = dataset.ReadBatch(new DataPosition(epoch, 0), (int)dataset.ExampleCount);
            epochs.Add(Text(batch));
        }

        Assert.Equal(dataset.Training.Corpus.TokenCount, epochs[0].Distinct().Count());
        Assert.Equal(epochs[0].Order(), epochs[1].Order());
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.NotEqual(epochs[1], epochs[2]);
        Assert.False(epochs[0].SequenceEqual(epochs[0].Order()));
    }

    [Theory]
    [InlineData(PackerKind.Contiguous, true)]
    [InlineData(PackerKind.Contiguous, false)]
    public void Held_out_documents_are_disjoint_from_training_and_both_make_the_corpus(PackerKind packer, bool join)
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options with { Packer = packer, JoinDocuments = join });
        long[] training = All(dataset.Training);
        long[] heldOut = All(dataset.HeldOut);
        Assert.Equal(dataset.HeldOutReport.Documents, dataset.HeldOut.Corpus.DocumentCount);
        Assert.InRange(dataset.HeldOutReport.Fraction, 0.097, 0.103);
        Assert.Empty(training.Intersect(heldOut));
        Assert.Equal(dataset.Manifest.Tokens, training.Union(heldOut).LongCount());
    }

    [Fact]
    public void The_held_out_documents_depend_neither_on_the_seed_nor_on_the_length()
    {
        using var one = PretrainingDataset.Open(_folder.FullPath, Options);
        using var other = PretrainingDataset.Open(_folder.FullPath, Options with { Seed = 99, SequenceLength = 40 });
        Assert.Equal(All(one.HeldOut), All(other.HeldOut));
        Assert.NotEqual(one.Fingerprint, other.Fingerprint);
        Assert.Equal(one.Fingerprint, PretrainingDataset.Open(_folder.FullPath, Options with { BatchSize = 3 }).Fingerprint);
    }

    [Fact]
    public void The_fingerprint_tells_shards_in_another_order_and_other_text_of_the_same_size()
    {
        string before;
        using (var dataset = PretrainingDataset.Open(_folder.FullPath, Options)) before = dataset.Fingerprint;
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(_folder.File("shards.json")))!;
        JsonNode?[] shards = [.. manifest["shards"]!.AsArray().Select(shard => shard!.DeepClone()).Reverse()];
        Assert.True(shards.Length > 1);
        manifest["shards"] = new JsonArray(shards);
        File.WriteAllText(_folder.File("shards.json"), manifest.ToJsonString());
        using (var reordered = PretrainingDataset.Open(_folder.FullPath, Options)) Assert.NotEqual(before, reordered.Fingerprint);

        string[] prints = [.. new[] { "10 11 12", "10 12 11" }.Select(line =>
        {
            new WordCorpus([.. Enumerable.Range(0, 9).Select(i => new[] { $"{i + 20}", line })]).BuildInto(_folder.File(line));
            using var dataset = PretrainingDataset.Open(_folder.File(line), Options with { HeldOutDocuments = 1 });
            return dataset.Fingerprint;
        })];
        Assert.NotEqual(prints[0], prints[1]);
    }

    [Fact]
    public void What_a_kept_fingerprint_says_otherwise_is_named()
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options);
        using var longer = PretrainingDataset.Open(_folder.FullPath, Options with { SequenceLength = 40, JoinDocuments = false });
        Assert.Null(dataset.DifferenceFrom(dataset.Fingerprint));
        Assert.Equal("the data has another sequence length (40 now, 24 before), joining (apart now, joined before)", longer.DifferenceFrom(dataset.Fingerprint));
        Assert.Contains("an earlier version", dataset.DifferenceFrom("aaaa/200/3000/180/2700/24/Contiguous/joined/7"), StringComparison.Ordinal);
    }

    [Fact]
    public void Held_out_documents_can_be_counted_and_be_none()
    {
        using var three = PretrainingDataset.Open(_folder.FullPath, Options with { HeldOutDocuments = 3 });
        Assert.Equal((3, 197), (three.HeldOut.Corpus.DocumentCount, three.Training.Corpus.DocumentCount));
        using var none = PretrainingDataset.Open(_folder.FullPath, Options with { HeldOutFraction = 0 });
        Assert.Equal(0, none.HeldOut.ExampleCount);
        Assert.Empty(none.HeldOut.ReadOnce(4));
        using var least = PretrainingDataset.Open(_folder.FullPath, Options with { HeldOutFraction = 1e-9 });
        Assert.Equal(1, least.HeldOut.Corpus.DocumentCount);
        Assert.Throws<InvalidDataException>(() => PretrainingDataset.Open(_folder.FullPath, Options with { HeldOutDocuments = 200 }));
    }

    [Fact]
    public void A_batch_has_a_mask_only_when_something_is_padding()
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options with { JoinDocuments = false });
        using TokenBatch padded = dataset.ReadBatch(default, 16);
        Assert.Equal([16, 24], padded.InputIds.shape);
        Assert.Equal(ScalarType.Int64, padded.InputIds.dtype);
        long[] mask = padded.AttentionMask!.data<long>().ToArray();
        Assert.Equal(padded.InputIds.data<long>().ToArray().Select(id => id == WordCorpus.Pad ? 0L : 1L), mask);
        Assert.Equal(mask.Sum(), padded.TokenCount);
        Assert.Equal(mask.Chunk(24).Select(row => (int)row.Sum()), padded.Lengths);
        Assert.Null(padded.TokenTypeIds);

        using var joined = PretrainingDataset.Open(_folder.FullPath, Options);
        using TokenBatch full = joined.HeldOut.ReadBatch(default, 2);
        Assert.Null(full.AttentionMask);
        Assert.Null(full.Lengths);
        Assert.Equal(48, full.TokenCount);

        using var pairs = PretrainingDataset.Open(_folder.FullPath, Options with { Packer = PackerKind.SegmentPair });
        using TokenBatch pair = pairs.ReadBatch(default, 8);
        Assert.Equal([8, 24], pair.TokenTypeIds!.shape);
        Assert.Equal(1, pair.TokenTypeIds.max().item<long>());
    }

    [Fact]
    public void A_batch_outlives_the_dispose_scope_it_was_read_in()
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options);
        TokenBatch batch;
        using (NewDisposeScope()) batch = dataset.ReadBatch(default, 2);
        Assert.Equal(WordCorpus.Cls, batch.InputIds[0, 0].item<long>());
        batch.Dispose();
        Assert.True(batch.InputIds.IsInvalid);
    }

    [Fact]
    public void Reading_once_gives_every_example_and_stops_at_a_limit()
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options);
        var sizes = new List<long>();
        foreach (TokenBatch batch in dataset.HeldOut.ReadOnce(4, limit: 6))
        {
            using (batch) sizes.Add(batch.InputIds.shape[0]);
        }

        Assert.Equal([4, 2], sizes);
    }

    [Fact]
    public void A_position_outside_the_epoch_is_refused()
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options);
        foreach (var position in new DataPosition[] { new(0, dataset.ExampleCount + 1), new(0, -1), new(-1, 0) })
            Assert.Throws<ArgumentOutOfRangeException>(() => dataset.ReadBatch(position, 1));
    }

    [Fact]
    public void Shards_of_another_vocabulary_and_a_model_that_is_too_small_are_refused()
    {
        using var dataset = PretrainingDataset.Open(_folder.FullPath, Options);
        dataset.RequireVocabulary(new string('A', 64));
        var error = Assert.Throws<ArgumentException>(() => dataset.RequireVocabulary(new string('b', 64)));
        Assert.Contains(_folder.FullPath, error.Message, StringComparison.Ordinal);

        dataset.RequireFits(60_000, 24, 1);
        error = Assert.Throws<ArgumentException>(() => dataset.RequireFits(59_999, 23, 1));
        Assert.Contains("23 positions", error.Message, StringComparison.Ordinal);
        Assert.Contains("60,000 tokens", error.Message, StringComparison.Ordinal);
        using var pairs = PretrainingDataset.Open(_folder.FullPath, Options with { Packer = PackerKind.SegmentPair });
        Assert.Throws<ArgumentException>(() => pairs.RequireFits(60_000, 24, 1));
        using var mixed = PretrainingDataset.Open(_folder.FullPath, Options with { SecondSegmentShare = 0.5 });
        Assert.Contains("2 token types", Assert.Throws<ArgumentException>(() => mixed.RequireFits(60_000, 24, 1)).Message, StringComparison.Ordinal);
        mixed.RequireFits(60_000, 24, 2);
    }

    [Fact]
    public void A_missing_swapped_or_altered_shard_is_named()
    {
        string shard = _folder.File("shard-00001.tokens");
        byte[] bytes = File.ReadAllBytes(shard);

        bytes[140] ^= 1;
        File.WriteAllBytes(shard, bytes);
        AssertNamed(() => All(PretrainingDataset.Open(_folder.FullPath, Options).Training));
        File.Copy(_folder.File("shard-00000.tokens"), shard, overwrite: true);
        AssertNamed(() => PretrainingDataset.Open(_folder.FullPath, Options));
        File.Delete(shard);
        AssertNamed(() => PretrainingDataset.Open(_folder.FullPath, Options));

        void AssertNamed(Action open) =>
            Assert.Contains(shard, Assert.Throws<InvalidDataException>(open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_all_named()
    {
        DataOptions wrong = Options with { SequenceLength = 4, BatchSize = 10, MicroBatchSize = 3, HeldOutFraction = double.NaN };
        string message = Assert.Throws<ArgumentException>(() => PretrainingDataset.Open(_folder.FullPath, wrong)).Message;
        foreach (string field in new[] { "SequenceLength", "MicroBatchSize", "HeldOutFraction" })
            Assert.Contains(field, message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_the_documented_ones() => Assert.Equal(
        new DataOptions
        {
            SequenceLength = 128,
            BatchSize = 128,
            MicroBatchSize = null,
            Seed = 0,
            HeldOutFraction = 0.005,
            HeldOutDocuments = null,
            Packer = PackerKind.Contiguous,
            JoinDocuments = true,
        },
        new DataOptions());

    private static long[] All(PretrainingExamples examples)
    {
        var all = new List<long>();
        foreach (TokenBatch batch in examples.ReadOnce(50))
        {
            using (batch) all.AddRange(Text(batch));
        }

        return [.. all];
    }

    private static long[] Text(TokenBatch batch) => [.. batch.InputIds.data<long>().ToArray().Where(id => id >= WordCorpus.FirstWord)];
}
