using Electra.Data;

namespace Electra.Tests.Data;

public class ExamplePermutationTests
{
    [Fact]
    public void Every_example_comes_once()
    {
        foreach (int count in new[] { 1, 2, 3, 4, 5, 7, 16, 17, 100, 1000, 4097, 100_000 })
        {
            var permutation = new ExamplePermutation(count, seed: 3, epoch: 1);
            Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).Select(i => (int)permutation[i]).Order());
        }
    }

    [Fact]
    public void Seed_and_epoch_give_other_orders_and_the_same_again()
    {
        long[] Order(long seed, long epoch)
        {
            var permutation = new ExamplePermutation(1000, seed, epoch);
            return [.. Enumerable.Range(0, 1000).Select(i => permutation[i])];
        }

        Assert.Equal(Order(1, 0), Order(1, 0));
        Assert.NotEqual(Order(1, 0), Order(1, 1));
        Assert.NotEqual(Order(1, 0), Order(2, 0));
    }

    [Fact]
    public void The_order_looks_random()
    {
        const int Count = 20_000;
        var permutation = new ExamplePermutation(Count, seed: 9, epoch: 4);
        long[] order = [.. Enumerable.Range(0, Count).Select(i => permutation[i])];
        // Rank correlation with the place, and with the neighbour; standard error 1/sqrt(20,000) = 0.007.
        Assert.InRange(Correlation(Enumerable.Range(0, Count).Select(i => (double)i), order.Select(x => (double)x)), -0.03, 0.03);
        Assert.InRange(Correlation(order.SkipLast(1).Select(x => (double)x), order.Skip(1).Select(x => (double)x)), -0.03, 0.03);
        Assert.InRange(Enumerable.Range(0, Count).Count(i => order[i] == i), 0, 8);
    }

    private static double Correlation(IEnumerable<double> first, IEnumerable<double> second)
    {
        (double[] a, double[] b) = ([.. first], [.. second]);
        (double meanA, double meanB) = (a.Average(), b.Average());
        double covariance = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        return covariance / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }
}
