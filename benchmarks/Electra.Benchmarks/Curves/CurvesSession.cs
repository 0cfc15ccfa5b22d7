using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Curves.Comparison;
using Electra.Benchmarks.Curves.Drawing;
using Electra.Benchmarks.Curves.Training;
using Electra.Benchmarks.Workloads;
using Electra.Training;

namespace Electra.Benchmarks.Curves;

/// <summary>Trains all runs one after the other, compares, draws and reports.</summary>
internal static class CurvesSession
{
    /// <summary>Does it; whether the curves agree.</summary>
    /// <exception cref="UsageException">The arguments can't work, or a run diverged.</exception>
    public static bool Run(CurvesArguments arguments)
    {
        CurvesSettings settings = CurvesSettings.Build(arguments);
        using var folder = new TemporaryFolder();
        CurvesCorpus corpus = CurvesCorpus.Create(settings, folder["shards"]);
        if (!arguments.Json) Console.WriteLine($"{settings}{Environment.NewLine}{corpus}");
        List<TrainedRun> runs = [];
        foreach (RunSetting setting in RunSetting.All(settings.Seeds))
        {
            runs.Add(Train(settings, setting, corpus, folder));
            if (!arguments.Json) Console.WriteLine(CurvesReport.Line(runs[^1]));
        }

        CurvesVerdict verdict = CurvesVerdict.On(runs);
        CurvesPicture.Save(settings.Output, verdict);
        Console.WriteLine(arguments.Json ? CurvesReport.Json(settings, corpus, verdict) : CurvesReport.Write(verdict));
        if (!arguments.Json) Console.WriteLine($"drawn: {settings.Output}");
        return verdict.Agrees;
    }

    private static TrainedRun Train(CurvesSettings settings, RunSetting setting, CurvesCorpus corpus, TemporaryFolder folder)
    {
        try
        {
            return CurveTraining.Run(settings, setting, corpus, folder[$"run-{setting.Name}"]);
        }
        catch (TrainingDivergedException error)
        {
            throw new InvalidDataException($"{setting.Name} diverged: {error.Message}", error);
        }
    }
}
