using System.Text.Json.Nodes;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>A share of masked tokens that changes while a run goes on.</summary>
public class ChangesOverTheRunTests
{
    private static readonly int[] Special = [0, 2, 3, 4];

    [Theory]
    [InlineData(0, 10)]
    [InlineData(0.2, 10)]
    [InlineData(0.35, 25)]
    [InlineData(0.5, 40)]
    [InlineData(0.8, 40)]
    [InlineData(1, 40)]
    public void A_number_goes_in_a_straight_line_between_two_places(double progress, double expected) =>
        Assert.Equal(expected, new LinearChange { Final = 40, Start = 0.2, End = 0.5 }.At(10, progress), 1e-12);

    [Theory]
    [InlineData(0.4, 0.1, MaskingUnit.Token, false)] // less and less
    [InlineData(0.1, 0.4, MaskingUnit.Token, false)] // more and more
    [InlineData(0.1, 0.4, MaskingUnit.Token, true)]
    [InlineData(0.1, 0.4, MaskingUnit.WholeWord, false)]
    public void At_each_place_of_the_run_text_is_masked_as_with_the_share_of_that_place(double from, double to, MaskingUnit unit, bool google)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor ids = randint(5, SyntheticCorpus.Words, [6, 40], generator: generator);
        Tensor mask = arange(40).lt(tensor(new long[] { 40, 31, 22, 13, 8, 40 }).unsqueeze(1)).to(ScalarType.Int64);
        MaskingOptions options = new() { MaskProbability = from, MaskProbabilityChange = new LinearChange { Final = to }, Unit = unit, GoogleCompatible = google };
        bool[] continues = [.. Enumerable.Range(0, SyntheticCorpus.Words).Select(id => id % 3 == 0)];
        using TokenMasker changing = new(options, SyntheticCorpus.Words, 4, Special, CPU, continues);
        foreach (double progress in (double[])[0, 0.25, 0.6, 1])
        {
            double share = from + ((to - from) * progress);
            using TokenMasker plain = new(options with { MaskProbability = share, MaskProbabilityChange = null }, SyntheticCorpus.Words, 4, Special, CPU, continues);
            using StepRandomness here = StepRandomness.Draw(7, 6, 40, CPU, progress), there = StepRandomness.Draw(7, 6, 40, CPU);
            MaskedBatch actual = changing.Mask(ids, mask, null, here), expected = plain.Mask(ids, mask, null, there);
            Assert.True(actual.InputIds.eq(expected.InputIds).all().item<bool>());
            Assert.Equal(expected.MaskedWeights.sum(1).data<float>(), actual.MaskedWeights.sum(1).data<float>());
            Assert.Equal(google ? (int)(0.405 * 40) : 16, actual.MaskedPositions.shape[1]); // slots for the larger share
            if (unit == MaskingUnit.Token && !google)
                Assert.Equal([.. new double[] { 40, 31, 22, 13, 8, 40 }.Select(n => (float)Math.Max(1, Math.Round((float)n * (float)share)))], actual.MaskedWeights.sum(1).data<float>());
        }
    }

    [Fact]
    public void Each_update_has_its_own_share_and_says_so()
    {
        using var folder = new TemporaryFolder();
        var recorder = new PretrainingRecorder();
        using (var run = new PretrainingRun(folder, Options(folder) with { LogEvery = 1 }, recorder)) run.Trainer.Train();
        for (int step = 0; step < 8; step++)
        {
            double share = step < 2 ? 0.1 : step >= 6 ? 0.4 : 0.1 + (0.3 * (step - 2) / 4.0);
            Assert.Equal(share, recorder.Reports[step].MaskProbability!.Value, 1e-12);
        }

        JsonNode[] lines = [.. File.ReadLines(folder.File("run", "metrics.jsonl")).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["kind"] == "train")];
        Assert.Equal((0.1, 0.25), ((double)lines[0]["mask_probability"]!, (double)lines[4]["mask_probability"]!));
    }

    [Fact]
    public void A_stopped_run_goes_on_to_the_same_bits_and_tells_the_same_means()
    {
        using TemporaryFolder whole = new(), parted = new();
        (PretrainingRecorder expected, PretrainingRecorder actual) = (new(), new());
        float[] weights;
        using (var run = new PretrainingRun(whole, Options(whole) with { LogEvery = 4 }, expected))
        {
            run.Trainer.Train();
            weights = run.Weights();
        }

        using (var run = new PretrainingRun(parted, Options(parted) with { LogEvery = 4 }))
        {
            for (int i = 0; i < 3; i++) run.Trainer.Step();
            run.Trainer.Save();
        }

        using (var run = new PretrainingRun(parted, Options(parted) with { LogEvery = 4 }, actual, scramble: true))
        {
            run.Trainer.Train();
            Assert.Equal(weights, run.Weights());
        }

        Assert.Equal(expected.Reports.Select(report => (report.Step, report.Loss, report.MaskProbability)), actual.Reports.Select(report => (report.Step, report.Loss, report.MaskProbability)));
        Assert.Equal(expected.Evaluations, actual.Evaluations);
    }

    [Fact]
    public void A_change_to_what_it_is_already_changes_no_bit()
    {
        using TemporaryFolder still = new(), plain = new();
        PretrainingOptions options = Options(still);
        options = options with
        {
            Masking = options.Masking with { MaskProbabilityChange = new LinearChange { Final = options.Masking.MaskProbability } },
        };
        using var first = new PretrainingRun(still, options);
        using var second = new PretrainingRun(plain, options with
        {
            OutputFolder = plain.File("run"),
            Masking = options.Masking with { MaskProbabilityChange = null },
        });
        first.Trainer.Train();
        second.Trainer.Train();
        Assert.Equal(second.Weights(), first.Weights());
        Assert.DoesNotContain("mask_probability", File.ReadAllText(plain.File("run", "metrics.jsonl")));
    }

    [Fact]
    public void What_is_out_of_range_is_named_and_json_keeps_the_rest()
    {
        string Faults(LinearChange change) => Assert.Throws<ArgumentException>(
            new PretrainingOptions { Masking = new MaskingOptions { MaskProbabilityChange = change } }.Validate).Message;
        string message = Faults(new LinearChange { Final = 1, Start = -1 });
        foreach (string fault in (string[])["MaskProbabilityChange.Final must", "MaskProbabilityChange.Start must"]) Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.Contains("MaskProbabilityChange.End must be above Start (0.5)", Faults(new LinearChange { Final = 0.5, Start = 0.5, End = 0.5 }), StringComparison.Ordinal);

        PretrainingOptions read = new PretrainingOptions().With("""{ "Masking": { "MaskProbabilityChange": { "Final": 0.3, "End": 0.5 } } }""", "test");
        Assert.Equal(new LinearChange { Final = 0.3, End = 0.5 }, read.Masking.MaskProbabilityChange);
        Assert.Equal(read, PretrainingOptions.Parse(read.ToJson(), "test"));
        Assert.Throws<InvalidDataException>(() => new PretrainingOptions().With("""{ "Masking": { "MaskProbabilityChange": { "Start": 0.3 } } }""", "test"));
        Assert.StartsWith("Masking.MaskProbabilityChange", Assert.Single(new PretrainingOptions().DifferencesFrom(read)));
    }

    private static PretrainingOptions Options(TemporaryFolder folder)
    {
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 8, microBatch: 4);
        return options with
        {
            Masking = options.Masking with { MaskProbability = 0.1, MaskProbabilityChange = new LinearChange { Final = 0.4, Start = 0.25, End = 0.75 } },
        };
    }
}
