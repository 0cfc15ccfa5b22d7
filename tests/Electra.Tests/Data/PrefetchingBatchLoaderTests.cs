using Electra.Data;
using Electra.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Electra.Tests.Data;

public sealed class PrefetchingBatchLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PretrainingDataset _dataset;

    public PrefetchingBatchLoaderTests()
    {
        WordCorpus.Random(300).BuildInto(_folder.FullPath, tokensPerShard: 100_000);
        _dataset = PretrainingDataset.Open(_folder.FullPath, new DataOptions { SequenceLength = 24 });
    }

    public void Dispose()
    {
        _dataset.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Batches_come_in_order_from_any_position()
    {
        var start = new DataPosition(1, 11);
        using var loader = new PrefetchingBatchLoader(_dataset.Training, start, 6);
        for (DataPosition position = start; position.Epoch < 3;)
        {
            Assert.Equal(position, loader.Position);
            using TokenBatch expected = _dataset.ReadBatch(position, 6);
            using TokenBatch batch = loader.Next();
            Assert.Equal(expected.InputIds.data<long>().ToArray(), batch.InputIds.data<long>().ToArray());
            Assert.Equal(expected.Next, batch.Next);
            position = batch.Next;
        }
    }

    [Fact]
    public void The_time_that_a_caller_waits_for_a_batch_is_counted_and_no_other()
    {
        var clock = new WatchedClock();
        using var packer = new SlowPacker(clock);
        var examples = new PretrainingExamples(_dataset.Training.Corpus, packer, sequenceLength: 24, shuffleSeed: null);
        using var loader = new PrefetchingBatchLoader(examples, default, batchSize: 1, time: clock);
        loader.Next().Dispose();
        Assert.Equal(TimeSpan.FromSeconds(3), loader.WaitTime);
        packer.Third.Wait(); // so the second is ready
        clock.Advance(TimeSpan.FromSeconds(100));
        loader.Next().Dispose();
        Assert.Equal(TimeSpan.FromSeconds(3), loader.WaitTime);
    }

    [Fact]
    public void A_damaged_shard_is_reported_at_the_batch_that_needs_it_and_ever_after()
    {
        // Several blocks of tokens, so that the damage is not in one that opening reads.
        new WordCorpus([[string.Join(' ', Enumerable.Repeat("10", 100_000))]]).BuildInto(_folder.File("long"), tokensPerShard: 1_000_000);
        byte[] bytes = File.ReadAllBytes(_folder.File("long/shard-00000.tokens"));
        bytes[200] ^= 1;
        File.WriteAllBytes(_folder.File("long/shard-00000.tokens"), bytes);
        using var dataset = PretrainingDataset.Open(_folder.File("long"), new DataOptions { SequenceLength = 24, HeldOutFraction = 0 });
        using var loader = new PrefetchingBatchLoader(dataset.Training, default, 6);
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            for (int i = 0; i < dataset.ExampleCount; i++) loader.Next().Dispose();
        });
        Assert.Contains("shard-00000", error.Message, StringComparison.Ordinal);
        DataPosition stopped = loader.Position;
        Assert.Throws<InvalidDataException>(() => loader.Next());
        Assert.Equal(stopped, loader.Position);
    }

    [Fact]
    public void Closing_the_dataset_first_ends_in_an_exception_and_not_in_a_crash()
    {
        PretrainingDataset dataset = PretrainingDataset.Open(_folder.FullPath, new DataOptions { SequenceLength = 24 });
        using var loader = new PrefetchingBatchLoader(dataset.Training, default, 6, capacity: 1);
        loader.Next().Dispose();
        dataset.Dispose();
        Assert.Throws<ObjectDisposedException>(() =>
        {
            for (int i = 0; i < 100; i++) loader.Next().Dispose();
        });
    }

    [Fact]
    public void Disposing_frees_the_batches_that_wait_and_ends_the_thread()
    {
        long before = TorchSharp.torch.Tensor.TotalCount;
        for (int i = 0; i < 20; i++)
        {
            var loader = new PrefetchingBatchLoader(_dataset.Training, default, 4, capacity: 3);
            if (i % 2 == 0) loader.Next().Dispose();
            loader.Dispose();
            loader.Dispose();
            Assert.Throws<ObjectDisposedException>(() => loader.Next());
        }

        Assert.Equal(before, TorchSharp.torch.Tensor.TotalCount);
    }

    [Fact]
    public void Wrong_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrefetchingBatchLoader(_dataset.Training, new DataPosition(0, 1L << 40), 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrefetchingBatchLoader(_dataset.Training, default, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrefetchingBatchLoader(_dataset.Training, default, 4, capacity: 0));
    }

    /// <summary>Takes three seconds for the first example, from when somebody waits for it.</summary>
    private sealed class SlowPacker(WatchedClock clock) : IExamplePacker, IDisposable
    {
        public ManualResetEventSlim Third { get; } = new();

        public long ExampleCount => 1000;

        public bool HasSegments => false;

        public PackingReport Report => new(0, 0, ExampleCount, 24);

        public int Fill(long epoch, long example, Span<long> inputIds, Span<long> tokenTypeIds)
        {
            if (example == 0)
            {
                clock.Asked.Wait();
                clock.Advance(TimeSpan.FromSeconds(3));
            }

            if (example == 2) Third.Set();
            inputIds.Fill(7);
            return inputIds.Length;
        }

        public void Dispose() => Third.Dispose();
    }

    /// <summary>Tells when it was first asked for the time.</summary>
    private sealed class WatchedClock : FakeTimeProvider
    {
        public ManualResetEventSlim Asked { get; } = new();

        public override long GetTimestamp()
        {
            long now = base.GetTimestamp();
            Asked.Set();
            return now;
        }
    }
}
