namespace Electra.Benchmarks.Race;

/// <summary>What lies where in the output folder of a race.</summary>
/// <param name="Root">The output folder.</param>
internal sealed record RaceFolders(string Root)
{
    /// <summary>The shards' folder in it.</summary>
    public const string Shards = "shards";

    /// <summary>The token shards of all runs.</summary>
    public string ShardFolder => Path.Combine(Root, Shards);

    /// <summary>How the race judges; what may not change.</summary>
    public string Judging => Path.Combine(Root, "judging.json");

    /// <summary>All that came out.</summary>
    public string Results => Path.Combine(Root, "results.json");

    /// <summary>The picture of it.</summary>
    public string Picture => Path.Combine(Root, "race.png");

    /// <summary>The folder of a run.</summary>
    public string Run(string variant, int seed) => Path.Combine(Root, variant, $"seed-{seed}");
}
