using Electra.Training;

namespace Electra.Tests.Training;

public class LossWatchTests
{
    [Fact]
    public void A_loss_far_above_the_last_reports_stands_out()
    {
        var watch = new LossWatch(6);
        for (int i = 0; i < 30; i++) Assert.Null(watch.Watch(5 + (i % 2 == 0 ? 0.1 : -0.1), 0)); // deviation 0.103
        Assert.Null(watch.Watch(5.5, 0));
        LossSpike spike = watch.Watch(6.2, 0)!;
        Assert.InRange(spike.Mean, 5, 5.05);
        Assert.InRange(spike.Deviation, 0.1, 0.16);
    }

    [Fact]
    public void Few_reports_falling_losses_small_steps_and_other_phases_do_not()
    {
        var watch = new LossWatch(6);
        for (int i = 0; i < 9; i++) watch.Watch(5, 0);
        Assert.Null(watch.Watch(50, 0)); // the tenth report
        var falling = new LossWatch(3);
        for (int i = 0; i < 100; i++) Assert.Null(falling.Watch(45.0 / (i + 1), 0));
        var still = new LossWatch(6);
        for (int i = 0; i < 20; i++) still.Watch(2, 0);
        Assert.Null(still.Watch(2.1, 0)); // deviations of 0 count as 0.02
        Assert.Null(still.Watch(9, 1));
        var off = new LossWatch(null);
        for (int i = 0; i < 20; i++) Assert.Null(off.Watch(i, 0));
        Assert.Null(off.ToJson());
    }

    [Fact]
    public void A_restored_watch_goes_on()
    {
        LossWatch one = new(6), other = new(6);
        for (int i = 0; i < 15; i++) one.Watch(3 + (0.01 * i), 1);
        other.Watch(77, 0);
        other.Restore(one.ToJson());
        Assert.Equal(one.Watch(9, 1), other.Watch(9, 1));
        other.Restore(null);
        Assert.Null(other.Watch(9, 1));
    }
}
