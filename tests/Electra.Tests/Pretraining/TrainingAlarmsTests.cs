using Electra.Pretraining;

namespace Electra.Tests.Pretraining;

public class TrainingAlarmsTests
{
    [Fact]
    public void A_discriminator_that_says_original_for_long_raises_one_alarm_until_it_recovers()
    {
        var alarms = new TrainingAlarms(patience: 300);
        Assert.Equal([], Watch(alarms, 100, recall: 0, area: 0.5), Kinds);
        Assert.Equal([], Watch(alarms, 200, recall: 0, area: 0.5), Kinds);
        Assert.Equal([], Watch(alarms, 300, recall: 0, area: 0.5), Kinds);
        Assert.Equal([TrainingAlarmKind.DiscriminatorSaysOriginal], Watch(alarms, 400, recall: 0, area: 0.5));
        Assert.Equal([], Watch(alarms, 800, recall: 0, area: 0.5), Kinds);
        Assert.Equal([], Watch(alarms, 900, recall: 0.2, area: 0.8), Kinds);
        Assert.Equal([], Watch(alarms, 1000, recall: 0, area: 0.5), Kinds);
        Assert.Equal([TrainingAlarmKind.DiscriminatorSaysOriginal], Watch(alarms, 1300, recall: 0, area: 0.5));
    }

    [Fact]
    public void A_cautious_discriminator_that_ranks_well_is_alive()
    {
        var alarms = new TrainingAlarms(patience: 1);
        for (long step = 1; step < 10; step++) Assert.Empty(Watch(alarms, step, recall: 0, area: 0.7));
    }

    [Fact]
    public void A_vanished_loss_raises_an_alarm_that_says_how_much_was_replaced()
    {
        var alarms = new TrainingAlarms(patience: 10);
        Assert.Empty(Watch(alarms, 10, recall: 0.9, area: 0.99, loss: 1e-4));
        Assert.Equal([TrainingAlarmKind.DiscriminatorLossVanished], Watch(alarms, 20, recall: 0.9, area: 0.99, loss: 1e-4));
    }

    [Fact]
    public void A_masked_LM_has_no_such_deaths() =>
        Assert.Empty(new TrainingAlarms(1).Watch(Report(5, null, null)));

    private static readonly MaskedLMScore Nowhere = new(0, double.NaN, double.NaN);

    private static readonly IEqualityComparer<TrainingAlarmKind> Kinds = EqualityComparer<TrainingAlarmKind>.Default;

    private static TrainingAlarmKind[] Watch(TrainingAlarms alarms, long step, double recall, double area, double loss = 0.3) =>
        [.. alarms.Watch(Report(step, loss, new BinaryClassificationMetrics(1000, 100, 0.9, 0, recall, area))).Select(a => a.Kind)];

    private static StepReport Report(long step, double? loss, BinaryClassificationMetrics? metrics) =>
        new(step, 10_000, 0, 0, 128, 32, 1e-4, Figures(loss, metrics), 1, 0, 0, TimeSpan.Zero, null);

    private static MaskedLMReport Figures(double? loss, BinaryClassificationMetrics? metrics) => metrics is null
        ? new MaskedLMReport(5, new(Nowhere, Nowhere, Nowhere))
        : new ElectraReport(10, 5, new(Nowhere, Nowhere, Nowhere), loss!.Value, loss.Value, metrics);
}
