using Electra.Distributed;
using Electra.Samples.FineTune.Options;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Spectre.Console;

namespace Electra.Samples.FineTune;

/// <summary>Fine-tunes an encoder and judges it, as the command line says.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => SampleProgram.Start(FineTuneCommand.Create(Run), arguments);

    private static int Run(FineTuneArguments arguments) => SampleProgram.Run(
        stop =>
        {
            if (LaunchedProcess.Detect().Size > 1)
                throw new UsageException("A launcher started several ranks, but this program trains in one process: start it alone, or use FineTuningTrainer with a group.");
            FineTunePlan plan = PlanBuilder.Build(arguments);
            var console = new RunConsole(AnsiConsole.Console);
            SampleProgram.Tune(console.Say);
            return new FineTuneJob(plan, DeviceChoice.Resolve(plan.Device), console).Run(stop);
        },
        saved: "Interrupted; the run is saved. The same command goes on from there.",
        stopped: "Interrupted; what was saved goes on with the same command.");
}
