using Electra.Pretraining;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tests.Support;

namespace Electra.Tests.Samples;

public sealed class ReportingTests : IDisposable
{
    private static readonly string[] Vocabulary = ["[PAD]", "the", "cat", "sat", "##s", ".", "dog"];
    private static readonly VocabularyWords Words = new(Vocabulary, [0]);
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_picture_is_drawn_for_both_objectives(bool hasDiscriminator)
    {
        TrainingPoint[] points = [.. Enumerable.Range(1, 100).Select(step => new TrainingPoint(step, step % 50 == 0, new Dictionary<string, double>
        {
            ["mask_loss"] = 8 - (step / 50.0), ["unigram_loss"] = 6, ["learning_rate"] = 1e-3, ["tokens_per_second"] = 1000,
            [hasDiscriminator ? "discriminator_loss" : "-"] = 0.5, [hasDiscriminator ? "area_under_curve" : "--"] = 0.7,
        }))];
        TrainingPlot.Save(folder.File("training.png"), points);
        byte[] png = File.ReadAllBytes(folder.File("training.png"));
        Assert.Equal("PNG"u8.ToArray(), png[1..4]);
        Assert.True(png.Length > 10_000);
    }

    [Fact]
    public void No_report_draws_no_picture()
    {
        TrainingPlot.Save(folder.File("none.png"), []);
        Assert.False(File.Exists(folder.File("none.png")));
    }

    [Fact]
    public void Curves_before_a_resume_are_read_back_up_to_its_step()
    {
        string path = folder.Write("metrics.jsonl", """
            {"step":10,"kind":"train","time":"x","mask_loss":7.5,"discriminator_loss":0.4,"area_under_curve":0.6,"learning_rate":0.001}
            {"step":10,"kind":"evaluation","time":"x","mask_loss":7.6,"mask_accuracy":"NaN"}
            {"step":20,"kind":"train","time":"x","mask_loss":7.1}
            {"step":20,"ki
            """);
        var curves = new TrainingCurves(path);
        curves.OnStarted(10, "checkpoint");
        Assert.Equal([(10, false, 7.5), (10, true, 7.6)], curves.Points.Select(point => (point.Step, point.IsHeldOut, point.MaskLoss)));
        Assert.Equal(0.6, curves.Points[0].AreaUnderCurve);
        curves.OnStarted(0, null);
        Assert.Empty(curves.Points);
    }

    [Fact]
    public void A_demonstration_sentence_marks_the_suspect_and_the_swapped_word()
    {
        var item = new SwapProbeItem([1, 2, 4, 3, 5], Words.Split([1, 2, 4, 3, 5]), SwappedWord: 2, Original: [6], SwappableWords: 3);
        Assert.Equal("[green] + [/]the cats [bold red][[«sat»]][/].  [grey](was: dog)[/]",
            Demonstration.Sentence(item, [-3, -2, -1, 4, -2], Words));
        Assert.Equal("[grey] - [/]the [bold red][[cats]][/] [underline]«sat»[/].  [grey](was: dog)[/]",
            Demonstration.Sentence(item, [-3, -2, -0.5f, -1, -2], Words));
        Assert.Contains("[yellow]{«sat»}[/]", Demonstration.Sentence(item, [-3, 3, -0.5f, 1, -2], Words), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
