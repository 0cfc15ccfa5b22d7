using Electra.Samples.FineTune.Options;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Reporting;
using Spectre.Console;

namespace Electra.Samples.FineTune;

/// <summary>Fine-tunes an encoder and judges it, as the command line says.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => SampleProgram.Start(FineTuneCommand.Create(Run), arguments);

    private static int Run(FineTuneArguments arguments) => SampleProgram.RunRanks(
        (group, stop) =>
        {
            FineTunePlan plan = PlanBuilder.Build(arguments);
            RunConsole console = group.Rank == 0 ? new RunConsole(AnsiConsole.Console) : RunConsole.Silent();
            SampleProgram.Tune(console.Say, group);
            return new FineTuneJob(plan, DeviceChoice.Resolve(DeviceChoice.OfRanks(plan.Device, group)), console, group).Run(stop);
        },
        saved: "Interrupted; the run is saved. The same command goes on from there.",
        stopped: "Interrupted; what was saved goes on with the same command.");
}
