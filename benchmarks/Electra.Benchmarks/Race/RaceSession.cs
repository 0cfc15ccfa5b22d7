using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Race.Drawing;
using Electra.Benchmarks.Race.Judging;
using Electra.Benchmarks.Race.Results;
using Electra.Benchmarks.Race.Training;
using Electra.Data;
using Electra.Training;
using static System.FormattableString;

namespace Electra.Benchmarks.Race;

/// <summary>Trains all contestants in turn, judges them and reports.</summary>
internal sealed class RaceSession : IDisposable
{
    private readonly RaceSettings _settings;
    private readonly Action<string> _say;
    private readonly CancellationToken _cancellation;
    private readonly Lazy<Judges> _judges;

    private RaceSession(RaceSettings settings, Action<string> say, CancellationToken cancellation)
    {
        (_settings, _say, _cancellation) = (settings, say, cancellation);
        _judges = new Lazy<Judges>(() => new Judges(settings));
    }

    /// <summary>Does it, from where it was stopped.</summary>
    /// <param name="arguments">What was typed.</param>
    /// <param name="say">Is told how it goes, a line at a time.</param>
    /// <param name="cancellation">Stops; all that was trained is saved.</param>
    /// <returns>The results; null when it was stopped.</returns>
    /// <exception cref="UsageException">The arguments can't work, or are not those that the race was begun with.</exception>
    public static RaceReport? Run(RaceArguments arguments, Action<string> say, CancellationToken cancellation)
    {
        using var session = new RaceSession(RaceSettings.Build(arguments), say, cancellation);
        try
        {
            return session.Run();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (_judges.IsValueCreated) _judges.Value.Dispose();
    }

    private RaceReport? Run()
    {
        using RunLock alone = RunLock.Acquire(_settings.Folders.Root);
        JudgingFile.Require(_settings);
        TokenShardManifest corpus = RaceCorpus.Prepare(_settings, _cancellation);
        foreach (Contestant contestant in _settings.Contestants) contestant.Require();
        _say(Invariant($"{_settings.Contestants.Count} runs, {_settings.Limit}; {corpus.Tokens / 1e6:N1} M tokens of text, vocabulary {corpus.Vocabulary.Size:N0}"));
        List<ContestantRun> running =
        [
            .. _settings.Contestants.Where(contestant => ContestantResult.Load(contestant) is null)
                .Select(contestant => new ContestantRun(contestant, _settings.Folders.ShardFolder, _settings.Device)),
        ];
        for (int round = 1; round <= _settings.Slices && running.Count > 0; round++)
        {
            foreach (ContestantRun run in running.ToArray())
            {
                if (Advance(run, round)) running.Remove(run);
                if (_cancellation.IsCancellationRequested) return null;
            }
        }

        return Report();
    }

    /// <summary>Lets a contestant train its part; whether it is finished.</summary>
    private bool Advance(ContestantRun run, int round)
    {
        ContestantResult? result = null;
        try
        {
            bool trained = run.Advance(
                round == _settings.Slices ? 1 : (double)round / _settings.Slices,
                (model, updates, seconds) => result = ContestantResult.Of(
                    run.Contestant, updates, seconds, _judges.Value.Judge(model, run.Contestant, _cancellation)),
                _cancellation);
            if (trained && result is null) _say(InTurn(run, round));
        }
        catch (TrainingDivergedException error)
        {
            result = new ContestantResult { Variant = run.Contestant.Variant, Seed = run.Contestant.Seed, Diverged = error.Message };
        }

        if (result is null) return false;
        result.Save(run.Contestant);
        if (Directory.Exists(run.Contestant.TrialsFolder)) Directory.Delete(run.Contestant.TrialsFolder, recursive: true);
        _say(RaceReport.Line(result));
        Report();
        return true;
    }

    private string InTurn(ContestantRun run, int round)
    {
        string report = run.Last is { } last ? Invariant($", loss {last.Loss:F3}, {last.TokensPerSecond:N0} tokens/s") : "";
        return Invariant($"round {round} of {_settings.Slices}: {run.Contestant}, {100 * run.Progress:F0} %{report}");
    }

    /// <summary>Writes what is known so far.</summary>
    private RaceReport Report()
    {
        var report = new RaceReport(_settings, [.. _settings.Contestants.Select(ContestantResult.Load).OfType<ContestantResult>()]);
        JsonFile.Write(_settings.Folders.Results, report.Json());
        RacePicture.Save(_settings.Folders.Picture, report);
        return report;
    }
}
