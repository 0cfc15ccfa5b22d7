using CsCheck;
using Electra.Training;

namespace Electra.Tests.Distributed;

public class RankShareTests
{
    [Fact]
    public void Shares_are_all_rows_once_in_order_each_rank_with_about_as_many_parts() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 8], Gen.Int[1, 9]).Sample((micro, parts, size) =>
        {
            if (micro * parts < size) return;
            var plan = new StepPlan(0, 16, micro * parts, micro, 0);
            int row = 0, part = 0;
            RankShare[] shares = [.. Enumerable.Range(0, size).Select(rank => RankShare.Of(plan, rank, size))];
            foreach (RankShare share in shares)
            {
                Assert.Equal((row, part), (share.FirstRow, share.FirstPart));
                Assert.InRange(share.Rows, 1, plan.BatchSize);
                Assert.InRange(share.RowsOfPart, 1, micro);
                (int First, int Count)[] cut = [.. Enumerable.Range(0, share.Parts).Select(share.Part)];
                Assert.Equal(share.Rows, cut.Sum(piece => piece.Count));
                Assert.Equal(Enumerable.Range(0, share.Parts).Select(i => i * share.RowsOfPart), cut.Select(piece => piece.First));
                (row, part) = (row + share.Rows, part + share.Parts);
            }

            Assert.Equal(plan.BatchSize, row);
            Assert.InRange(shares.Max(share => share.Parts) - shares.Min(share => share.Parts), 0, 1);
            if (parts >= size) Assert.All(shares, share => Assert.Equal(micro, share.RowsOfPart));
        });

    [Fact]
    public void One_process_has_the_whole_update()
    {
        RankShare all = RankShare.Of(new StepPlan(0, 16, 24, 8, 0), 0, 1);
        Assert.Equal(new RankShare(0, 24, 8, 0), all);
        Assert.Equal(3, all.Parts);
    }
}
