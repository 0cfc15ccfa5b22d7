using System.Text;
using Electra.Data;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Samples.Search.Evaluation;
using Electra.Samples.Search.Options;
using Electra.Samples.Search.Ranking;
using Electra.Samples.Search.Reporting;
using Spectre.Console;

namespace Electra.Samples.Search;

/// <summary>Searches text, as the command line says.</summary>
internal static class Program
{
    private static int Main(string[] arguments) =>
        SampleProgram.Start(SearchCommand.Create(typed => SampleProgram.Run(stop => Search(typed, stop), saved: "", stopped: "Interrupted.")), arguments);

    private static bool Search(SearchArguments arguments, CancellationToken stop)
    {
        SearchPlan plan = PlanBuilder.Build(arguments);
        var progress = new RunConsole(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));
        SampleProgram.Tune(progress.Say);
        var job = new SearchJob(plan, DeviceChoice.Resolve(plan.Device), progress);
        if (plan.Evaluate)
        {
            SdkDocumentation documentation = SdkDocumentation.Find() ?? throw new UsageException("--evaluate needs the .NET SDK's reference documentation, which was not found on this machine.");
            SdkEvaluation.Show(new RunConsole(AnsiConsole.Console), job.Evaluate(documentation, stop));
            return true;
        }

        using SearchEngine engine = job.Open(stop);
        using var json = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        IHitWriter output = plan.Json ? new HitJson(json) : new HitText(new RunConsole(AnsiConsole.Console));
        job.Answer(engine, Queries(plan, stop), output, stop);
        return true;
    }

    private static IEnumerable<string> Queries(SearchPlan plan, CancellationToken stop) =>
        plan.Query is not null ? [plan.Query]
        : plan.Queries is not null ? CorpusFiles.OpenFile(plan.Queries).ReadDocuments(stop).SelectMany(document => document.Lines)
        : new QueryConsole(Console.In, Console.IsInputRedirected ? TextWriter.Null : Console.Error).Read(stop);
}
