using System.Globalization;
using System.Text.Json;
using CsCheck;
using Electra.Tests.Support;
using Electra.Training;
using Microsoft.Extensions.Time.Testing;

namespace Electra.Tests.Training;

public sealed class MetricsLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string LogPath => folder.File("metrics.jsonl");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_record_is_one_line_of_json_at_once_on_disk()
    {
        using var log = MetricsLog.Create(LogPath, new FakeTimeProvider(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        log.Write(100, "train", ("loss", 6.5), ("tokens", 1e6));
        Assert.Equal("""{"step":100,"kind":"train","time":"2026-01-01T00:00:00Z","loss":6.5,"tokens":1000000}""" + "\n", Content());
    }

    [Fact]
    public void Numbers_read_back_exactly_in_any_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            Gen.Double.Sample(
                value =>
                {
                    using (var log = MetricsLog.Create(LogPath)) log.Write(1, "train", ("value", value));
                    JsonElement read = JsonDocument.Parse(Content()).RootElement.GetProperty("value");
                    double back = read.ValueKind == JsonValueKind.String
                        ? double.Parse(read.GetString()!, CultureInfo.InvariantCulture)
                        : read.GetDouble();
                    Assert.Equal(value, back);
                },
                iter: 100, threads: 1);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Not_a_number_and_infinities_are_strings()
    {
        using var log = MetricsLog.Create(LogPath);
        log.Write(1, "train", ("a", double.NaN), ("b", double.PositiveInfinity), ("c", double.NegativeInfinity));
        Assert.Contains("\"a\":\"NaN\",\"b\":\"Infinity\",\"c\":\"-Infinity\"", Content(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resume_cuts_off_what_came_after_the_checkpoint_and_goes_on()
    {
        using (var log = MetricsLog.Create(LogPath))
        {
            foreach (long step in (long[])[10, 20, 20, 30, 40]) log.Write(step, "train", ("loss", step));
        }

        using (var log = MetricsLog.Resume(LogPath, 20)) log.Write(25, "train", ("loss", 1));
        Assert.Equal([10, 20, 20, 25], StepsInFile());
    }

    [Fact]
    public void A_log_cut_at_any_byte_resumes_with_its_whole_lines()
    {
        using (var log = MetricsLog.Create(LogPath, new FakeTimeProvider()))
        {
            for (long step = 1; step <= 3; step++) log.Write(step, "train", ("loss", 0.5));
        }

        byte[] whole = File.ReadAllBytes(LogPath);
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(LogPath, whole[..length]);
            int lines = whole[..length].Count(b => b == '\n');
            using (var log = MetricsLog.Resume(LogPath, step: 3)) log.Write(4, "train");
            Assert.Equal([.. Enumerable.Range(1, lines).Select(i => (long)i), 4], StepsInFile());
        }
    }

    [Fact]
    public void Zeros_that_a_power_cut_left_at_the_end_are_cut_off()
    {
        File.WriteAllText(LogPath, "{\"step\":1}\n\0\0\0\0");
        using (var log = MetricsLog.Resume(LogPath, step: 5)) log.Write(6, "train");
        Assert.Equal([1, 6], StepsInFile());
    }

    [Theory]
    [InlineData("{\"step\":1}\nrubbish\n{\"step\":2}\n")]
    [InlineData("{\"step\":1}\n{\"loss\":1}\n{\"step\":2}\n")]
    [InlineData("{\"step\":1}\n[1]\n{\"step\":2}\n")]
    [InlineData("{\"step\":1}\n{\"step\":1.5}\n{\"step\":2}\n")]
    public void A_broken_line_in_the_middle_is_named_and_nothing_is_cut(string content)
    {
        File.WriteAllText(LogPath, content);
        string message = Assert.Throws<InvalidDataException>(() => MetricsLog.Resume(LogPath, 9)).Message;
        Assert.Contains("Line 2", message, StringComparison.Ordinal);
        Assert.Contains(LogPath, message, StringComparison.Ordinal);
        Assert.Equal(content, Content());
    }

    [Fact]
    public void Resuming_without_a_file_starts_one_and_creating_replaces_one()
    {
        using (var log = MetricsLog.Resume(LogPath, 7)) log.Write(8, "train");
        Assert.Equal([8], StepsInFile());
        using (var log = MetricsLog.Create(LogPath)) log.Write(1, "train");
        Assert.Equal([1], StepsInFile());
    }

    [Fact]
    public void A_kind_that_is_written_anew_is_not_there_twice()
    {
        string path = folder.File("anew.jsonl");
        using (MetricsLog log = MetricsLog.Create(path)) log.Write(7, "final", ("loss", 1));
        using (MetricsLog log = MetricsLog.Resume(path, 9)) log.Write(9, "train", ("loss", 2));
        for (int time = 0; time < 2; time++)
        {
            using MetricsLog log = MetricsLog.Resume(path, 9, anew: "final");
            log.Write(9, "final", ("loss", 3));
        }

        Assert.Equal(
            ["7 final", "9 train", "9 final"],
            File.ReadLines(path).Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!).Select(record => $"{record["step"]} {record["kind"]}"));
    }

    [Fact]
    public void Steps_never_go_back()
    {
        using var log = MetricsLog.Create(LogPath);
        log.Write(5, "train");
        log.Write(5, "evaluation");
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Write(4, "train"));
    }

    private string Content()
    {
        using var stream = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private long[] StepsInFile() =>
    [
        .. from line in Content().Split('\n', StringSplitOptions.RemoveEmptyEntries)
           select JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt64(),
    ];
}
