using Electra.Data;

namespace Electra.Tests.Data;

public class HeldOutSplitTests
{
    private static readonly ulong[] Hashes = [.. Enumerable.Range(0, 1000).Select(i => SeededRandom.Mix((ulong)i))];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(1000)]
    public void The_parts_are_disjoint_and_complete_and_of_the_asked_size(int count)
    {
        (int[] training, int[] heldOut) = HeldOutSplit.Split(Hashes, count);
        Assert.Equal(count, heldOut.Length);
        Assert.Equal(Enumerable.Range(0, 1000), training.Concat(heldOut).Order());
        Assert.Equal(training.Order(), training);
        Assert.Equal(heldOut.Order(), heldOut);
    }

    [Fact]
    public void Copies_of_a_document_are_never_parted()
    {
        ulong[] doubled = [.. Hashes, .. Hashes];
        (int[] training, int[] heldOut) = HeldOutSplit.Split(doubled, 101);
        Assert.Equal(102, heldOut.Length);
        Assert.Empty(training.Select(i => doubled[i]).Intersect(heldOut.Select(i => doubled[i])));
    }

    [Fact]
    public void A_document_stays_on_its_side_when_the_order_changes()
    {
        ulong[] reversed = [.. Hashes.Reverse()];
        Assert.Equal(HeldOutSplit.Split(Hashes, 50).HeldOut.Select(i => Hashes[i]).Order(),
            HeldOutSplit.Split(reversed, 50).HeldOut.Select(i => reversed[i]).Order());
    }
}
