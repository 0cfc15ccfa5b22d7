using Electra.Distributed;
using static TorchSharp.torch;

namespace Electra.Tests.Distributed;

/// <summary>What every group of three processes does, whatever it is made of.</summary>
internal static class GroupContract
{
    /// <param name="group">The group.</param>
    /// <param name="count">How many values; a size that nothing divides.</param>
    public static void SumAndShare(IProcessGroup group, int count)
    {
        int rank = group.Rank;
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.Int64])
        {
            using Tensor tensor = arange(count).add(rank).to(type);
            group.AllReduceSum(tensor);
            Assert.True(tensor.eq(arange(count).mul(3).add(3).to(type)).all().item<bool>());
        }

        SumBesideAndRounded(group, count);
        Assert.Throws<ArgumentException>(() => group.AllReduceSum(zeros(3, ScalarType.Int32)));
        void RoundDoubles() => group.AllReduceSumAsync(zeros(3, ScalarType.Float64), GradientCompression.BFloat16).GetAwaiter().GetResult();
        Assert.Throws<ArgumentException>(RoundDoubles);
        Assert.Throws<ArgumentException>(() => group.AllReduceSum(zeros(3, 4).t()));
        double[] values = [rank, 1];
        group.AllReduceSum(values);
        Assert.Equal([3, 3], values);
        using Tensor shared = full(count, rank, ScalarType.Float32);
        group.Broadcast(shared, root: 1);
        Assert.True(shared.eq(1).all().item<bool>());
        byte[] bytes = [(byte)rank, 7];
        group.Broadcast(bytes, root: 2);
        Assert.Equal([2, 7], bytes);
        group.AllReduceSum(Span<double>.Empty);
        group.Barrier();
        Assert.Equal("rank 0's word", group.AtRankZero(() => rank == 0 ? "rank 0's word" : throw new InvalidOperationException()));
        Assert.Null(group.AtRankZero<string?>(() => null));
    }

    // Several sums under way, some of values that travel in bfloat16: rounded on each rank, added in float32, rounded.
    private static void SumBesideAndRounded(IProcessGroup group, int count)
    {
        Tensor Of(int rank) => arange(count).remainder(4096).mul(rank + 1).sub(300).to(ScalarType.Float32); // sums are exact in float32, in any order
        static Tensor Rounded(Tensor values) => values.to(ScalarType.BFloat16).to(ScalarType.Float32);
        Tensor[] whole = [Of(group.Rank), Of(group.Rank)], few = [Of(group.Rank).slice(0, 0, 5, 1).clone(), Of(group.Rank)];
        Task[] sums =
        [
            group.AllReduceSumAsync(whole[0]), group.AllReduceSumAsync(whole[1], GradientCompression.BFloat16),
            group.AllReduceSumAsync(few[0], GradientCompression.BFloat16), group.AllReduceSumAsync(few[1]),
        ];
        Task.WaitAll(sums);
        Tensor exact = Of(0).add(Of(1)).add(Of(2)), expected = Rounded(Rounded(Of(0)).add(Rounded(Of(1))).add(Rounded(Of(2))));
        Assert.True(whole[0].eq(exact).all().item<bool>());
        Assert.False(expected.eq(exact).all().item<bool>());
        Assert.True(whole[0].eq(few[1]).all().item<bool>());
        Assert.True(whole[1].eq(expected).all().item<bool>());
        Assert.True(few[0].eq(expected.slice(0, 0, 5, 1)).all().item<bool>());
    }
}
