using Electra.Native;

namespace Electra.Tests.Native.Kernels;

public unsafe class TilesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_index_runs_exactly_once(int threads) => ThreadCounts.With(threads, () =>
    {
        int* runs = stackalloc int[201];
        for (int count = 0; count <= 200; count++)
        {
            new Span<int>(runs, 201).Clear();
            Tiles.RunEach(count, runs, &CountIndex);
            for (int i = 0; i <= 200; i++) Assert.True(runs[i] == (i < count ? 1 : 0), $"{i} of {count} ran {runs[i]} times");
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_row_falls_into_exactly_one_tile(int threads) => ThreadCounts.With(threads, () =>
    {
        int* runs = stackalloc int[202];
        for (int rows = 0; rows <= 200; rows++)
        {
            new Span<int>(runs, 202).Clear();
            runs[0] = rows;
            Tiles.Run(rows, runs, &CountRows);
            for (int i = 0; i <= 200; i++) Assert.True(runs[1 + i] == (i < rows ? 1 : 0), $"row {i} of {rows} ran {runs[1 + i]} times");
        }
    });

    [Fact]
    public void Tiles_depend_on_the_rows_alone_and_differ_by_one_row_at_most()
    {
        foreach (long rows in new long[] { 1, 63, 64, 65, 127, 1000, 1 << 20 })
        {
            int[] counts = [.. new[] { 1, 2, 3 }.Select(threads => ThreadCounts.With(threads, () => Tiles.Count(rows)))];
            Assert.Equal(Enumerable.Repeat((int)Math.Min(64, rows), 3), counts);
            long[] sizes = [.. Enumerable.Range(0, counts[0]).Select(i => Tiles.Range(rows, i).End - Tiles.Range(rows, i).Begin)];
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        }
    }

    // Columns: less than a vector, vectors and a rest, around what a thread adds at once; rows: fewer and more than tiles.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 15)]
    [InlineData(64, 17)]
    [InlineData(200, 1000)]
    [InlineData(200, 1023)]
    [InlineData(200, 1024)]
    [InlineData(200, 1025)]
    [InlineData(70, 3077)]
    public void Partial_sums_are_added_in_tile_order_on_any_number_of_threads(int rows, int columns)
    {
        int width = (columns + 15) / 16 * 16, count = Tiles.Count(rows);
        float[] before = Values(columns + 16, 1);
        float* partials = Tiles.AllocatePartials(rows, 3, width);
        try
        {
            var all = new Span<float>(partials, count * 3 * width);
            Assert.Equal(-1, all.IndexOfAnyExcept(0f));
            Values(all.Length, 2).CopyTo(all);
            float[] expected = [.. before];
            for (int column = 0; column < columns; column++)
            {
                float sum = 0;
                for (int tile = 0; tile < count; tile++) sum += partials[(((tile * 3) + 1) * width) + column];
                expected[column] += sum;
            }

            foreach (int threads in new[] { 1, 2, 3 })
            {
                float[] total = [.. before];
                ThreadCounts.With(threads, () =>
                {
                    fixed (float* to = total) Tiles.Reduce(partials, rows, 3, 1, width, to, columns);
                });
                Assert.Equal(expected, total); // and nothing behind the last column is touched
            }
        }
        finally
        {
            Tiles.FreePartials(partials);
        }
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.4f)];
    }

    private static void CountIndex(void* runs, long index) => Interlocked.Increment(ref ((int*)runs)[index]);

    private static void CountRows(void* runs, long tile)
    {
        (long begin, long end) = Tiles.Range(*(int*)runs, tile);
        for (long row = begin; row < end; row++) Interlocked.Increment(ref ((int*)runs)[1 + row]);
    }
}
