using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Electra.Tests.Fuzzing;

/// <summary>
/// Gives a reader altered files, as many as its share of all of them. Each has a number, and is what <see cref="Random"/> of that number makes of the good
/// file: <c>ELECTRA_FUZZ_FIRST</c> and <c>ELECTRA_FUZZ_COUNT</c> repeat any run.
/// </summary>
internal static class FuzzRun
{
    private const string CountVariable = "ELECTRA_FUZZ_COUNT"; // of all readers together
    private const string FirstVariable = "ELECTRA_FUZZ_FIRST"; // the first number of each reader

    private const int UsualCount = 30_000;
    private const int MeaningfulCount = 300; // below, what share is refused is chance

    /// <summary>The readers, and how many of a thousand files each gets: the more the more of them comes from strangers.</summary>
    public static IReadOnlyDictionary<string, int> Shares { get; } = new Dictionary<string, int>
    {
        ["safetensors"] = 120,
        ["safetensors, pieces of JSON"] = 60,
        ["model.safetensors.index.json"] = 40,
        ["pytorch_model.bin, zip"] = 40,
        ["pytorch_model.bin, zip, every type"] = 40,
        ["pytorch_model.bin, before 1.6"] = 40,
        ["pytorch_model.bin, before 1.6, every type"] = 40,
        ["tensor bundle"] = 300,
        ["checkpoint, the list"] = 30,
        ["config.json"] = 180,
        ["vocab.txt"] = 20,
        ["tokenizer.json"] = 10,
        ["tokenizer_config.json"] = 10,
        ["shards.json"] = 40,
        ["token shard"] = 30,
    };

    /// <summary>Reads a reader's share of files.</summary>
    /// <param name="reader">Its name in <see cref="Shares"/>.</param>
    /// <param name="output">Told how many there were.</param>
    /// <param name="read">Makes a file of the numbers it is given and reads it; throws as readers throw where it is refused.</param>
    public static void Over(string reader, ITestOutputHelper output, Action<Random> read)
    {
        int count = (int)(Setting(CountVariable, UsualCount) * Shares[reader] / 1000), first = (int)Setting(FirstVariable, 0), opened = 0;
        long start = Stopwatch.GetTimestamp();
        for (int number = first; number < first + count; number++)
        {
            try
            {
                read(new Random(number));
                opened++;
            }
            catch (Exception error) when (error is InvalidDataException or IOException)
            {
            }
            catch (Exception error)
            {
                Assert.Fail($"{reader}, input {number}: {error}");
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{reader}: {count} inputs from {first}, {opened} opened, {count - opened} refused, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
        Assert.True(count < MeaningfulCount || (opened > count / 200 && count - opened > count / 10),
            $"{reader}: {opened} of {count} opened: the alterations no longer reach both ends");
    }

    private static long Setting(string variable, long usual) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : usual;
}
