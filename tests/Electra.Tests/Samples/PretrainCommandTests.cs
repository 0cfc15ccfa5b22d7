using System.CommandLine;
using Electra.Samples.Pretrain.Options;

namespace Electra.Tests.Samples;

public class PretrainCommandTests
{
    [Theory]
    [InlineData("--stepz 3", "--stepz")]
    [InlineData("--steps x", "--steps takes a whole number, not 'x'")]
    [InlineData("--steps 1.5", "whole number")]
    [InlineData("--learning-rate 0,1", "a number such as")]
    [InlineData("--schedule sudden", "linear, cosine, wsd or google, not 'sudden'")]
    [InlineData("--precision fp16", "auto, fp32 or bf16")]
    [InlineData("--objective gpt", "takes electra, mlm, electra-15")]
    [InlineData("--resume maybe", "auto or never")]
    [InlineData("--corpus", "--corpus")]
    [InlineData("surplus", "surplus")]
    public void A_wrong_option_is_one_clear_line(string line, string expected)
    {
        string? error = OptionKinds.FirstError(PretrainCommand.Create(_ => 0).Parse(line));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_typed_arrives()
    {
        PretrainArguments? read = null;
        int code = PretrainCommand.Create(arguments =>
        {
            read = arguments;
            return 7;
        }).Parse("--corpus a.txt b/ --corpus c*.gz --vocab v.txt --alphabet 900 --min-frequency 4 --cased --keep-accents --model small --generator-size .5 --sequence-length 64 --batch-size 8 "
            + "--micro-batch-size 4 --steps 100 --learning-rate 5e-4 --warmup-steps 3 --schedule wsd --precision bf16 --device cuda:1 "
            + "--objective mlm --seed 9 --output o --budget 2h --phases 64:0.5,128:0.5 --batch-ramp 4:10% --eval-every 1 --save-every 2 --log-every 3 --resume never --bad-lines skip "
            + "--one-document-per-line --held-out 0.01 --corpus-changed keep").Invoke();
        Assert.Equal(7, code);
        Assert.Equal(["a.txt", "b/", "c*.gz"], read!.Corpus);
        var expected = new PretrainArguments
        {
            Corpus = read.Corpus,
            Vocabulary = "v.txt",
            Alphabet = 900,
            MinimumFrequency = 4,
            Cased = true,
            KeepAccents = true,
            Model = "small",
            GeneratorSize = 0.5,
            SequenceLength = 64,
            BatchSize = 8,
            MicroBatchSize = 4,
            Steps = 100,
            Budget = "2h",
            Phases = "64:0.5,128:0.5",
            BatchRamp = "4:10%",
            LearningRate = 5e-4,
            WarmupSteps = 3,
            Schedule = "wsd",
            Precision = "bf16",
            Device = "cuda:1",
            Objective = "mlm",
            Seed = 9,
            Output = "o",
            EvaluateEvery = 1,
            SaveEvery = 2,
            LogEvery = 3,
            Resume = false,
            SkipBadLines = true,
            OneDocumentPerLine = true,
            HeldOutShare = 0.01,
            KeepPrepared = true,
        };
        Assert.Equal(expected, read);
    }

    [Fact]
    public void Help_names_every_option_and_shows_examples()
    {
        using var output = new StringWriter();
        Assert.Equal(0, PretrainCommand.Create(_ => 1).Parse("--help").Invoke(new InvocationConfiguration { Output = output }));
        string help = output.ToString();
        string[] options =
        [
            "--corpus", "--vocab", "--vocab-size", "--alphabet", "--min-frequency", "--model", "--generator-size", "--sequence-length", "--batch-size", "--micro-batch-size",
            "--steps", "--budget", "--phases", "--batch-ramp", "--learning-rate", "--warmup-steps", "--schedule", "--precision", "--device", "--objective", "--seed", "--output",
            "--eval-every", "--save-every", "--log-every", "--resume", "--bad-lines", "--held-out", "--corpus-changed",
        ];
        Assert.All(options, option => Assert.Contains($"  {option} <", help, StringComparison.Ordinal));
        Assert.All(["--cased", "--keep-accents", "--one-document-per-line"], flag => Assert.Contains($"  {flag} ", help, StringComparison.Ordinal));
        Assert.Contains("Examples", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 131, line));
    }
}
