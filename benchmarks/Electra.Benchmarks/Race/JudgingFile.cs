using System.Text.Json.Nodes;
using Electra.Benchmarks.CommandLine;

namespace Electra.Benchmarks.Race;

/// <summary>The file that says how a race judges, so that figures of one table were all found in one way.</summary>
internal static class JudgingFile
{
    private const string LengthKey = "length";

    /// <summary>The sequence length of judges in a race that was begun; null where none was.</summary>
    public static int? LengthOf(string path) => File.Exists(path) ? JsonFile.Read(path)[LengthKey]?.GetValue<int>() : null;

    /// <summary>Writes the file, or makes sure that it says the same.</summary>
    /// <exception cref="UsageException">It says something else.</exception>
    public static void Require(RaceSettings settings)
    {
        var now = new JsonObject
        {
            [LengthKey] = settings.Length,
            ["held_out"] = settings.HeldOut,
            ["limit"] = settings.Limit.ToString(),
            ["minimal_pairs"] = settings.Pairs?.Paradigms.Sum(paradigm => paradigm.Pairs.Count),
            ["tasks"] = new JsonArray([.. settings.Tasks.Select(task => JsonValue.Create($"{task.Name}, {task.TrainingExamples} examples"))]),
        };
        JsonFile.Require(settings.Folders.Judging, now, "the race", []);
    }
}
