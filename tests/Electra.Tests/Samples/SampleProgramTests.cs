using Electra.Samples.Predict;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using Electra.Tests.Support;
using Electra.Training;
using TorchSharp;

namespace Electra.Tests.Samples;

/// <summary>What becomes of a program whose job ends in one way or another.</summary>
public sealed class SampleProgramTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(nameof(UsageException), 2)]
    [InlineData(nameof(ArgumentException), 2)]
    [InlineData(nameof(RunInUseException), 2)]
    [InlineData(nameof(IOException), 1)]
    [InlineData(nameof(InvalidDataException), 1)]
    [InlineData(nameof(TrainingDivergedException), 1)]
    public void An_error_has_its_exit_code_and_one_line(string kind, int code)
    {
        Exception error = kind switch
        {
            nameof(UsageException) => new UsageException("two\nlines"),
            nameof(ArgumentException) => new ArgumentException("two\nlines"),
            nameof(RunInUseException) => new RunInUseException("two\nlines", null),
            nameof(IOException) => new IOException("two\nlines"),
            nameof(InvalidDataException) => new InvalidDataException("two\nlines"),
            _ => new TrainingDivergedException(7, "two\nlines"),
        };
        using var said = new StringWriter();
        Assert.Equal(code, SampleProgram.Run(_ => throw error, "saved", "stopped", said));
        Assert.Contains("two lines", said.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, said.ToString().Split('\n').Length);
    }

    /// <summary>libtorch's errors, such as a GPU's memory being full, come with a native stack, which helps nobody.</summary>
    [Fact]
    public void An_error_of_libtorch_is_told_without_its_stack()
    {
        using var said = new StringWriter();
        Assert.Equal(1, SampleProgram.Run(_ => torch.zeros(2).mul(torch.zeros(3)).numel() == 1, "saved", "stopped", said));
        Assert.Contains("The size of tensor a (2) must match", said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_is_done_says_nothing_and_one_that_was_stopped_says_how_to_go_on()
    {
        using var said = new StringWriter();
        Assert.Equal(0, SampleProgram.Run(_ => true, "saved", "stopped", said));
        Assert.Empty(said.ToString());
        Assert.NotEqual(0, SampleProgram.Run(_ => false, "saved", "stopped", said));
        Assert.NotEqual(0, SampleProgram.Run(_ => throw new OperationCanceledException(), "saved", "stopped", said));
        Assert.Equal($"saved{Environment.NewLine}stopped{Environment.NewLine}", said.ToString());
        Assert.Throws<NotSupportedException>(() => SampleProgram.Run(_ => throw new NotSupportedException(), "saved", "stopped", said));
    }

    /// <summary>Answers may be written over the very file that is read, and a run that fails half-way leaves what was there.</summary>
    [Fact]
    public void A_file_of_answers_takes_its_place_only_when_it_is_whole()
    {
        string path = folder.Write("texts.txt", "one\ntwo\n");
        Assert.Throws<IOException>(() => AnswersFile.Write(path, output =>
        {
            output.WriteLine("half");
            throw new IOException("the disk is full");
        }));
        Assert.Equal("one\ntwo\n", File.ReadAllText(path));
        Assert.Equal("half", File.ReadAllText(AnswersFile.PartOf(path)).Trim());

        string summary = AnswersFile.Write(path, output =>
        {
            foreach (string line in File.ReadLines(path)) output.Write($"{line}!\n");
            return "done";
        });
        Assert.Equal("done", summary);
        Assert.Equal("one!\ntwo!\n", File.ReadAllText(path));
        Assert.False(File.Exists(AnswersFile.PartOf(path)));
    }
}
