namespace Electra.Tests.Fuzzing;

public sealed class FuzzRunTests
{
    [Fact]
    public void The_shares_make_the_whole() => Assert.Equal(1000, FuzzRun.Shares.Values.Sum());

    [Fact]
    public void A_mutation_is_that_of_its_number()
    {
        byte[] whole = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        var mutator = new Mutator("{", "9999");
        byte[] once = mutator.Mutate(whole, new Random(7));
        Assert.Equal(once, mutator.Mutate(whole, new Random(7)));
        Assert.NotEqual(once, mutator.Mutate(whole, new Random(8)));
        Assert.Equal([.. Enumerable.Range(0, 200).Select(i => (byte)i)], whole);
    }
}
