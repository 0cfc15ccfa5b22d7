using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Spectre.Console;

namespace Electra.Samples.Pretrain;

/// <summary>Pre-trains an encoder, as the command line says.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => SampleProgram.Start(PretrainCommand.Create(Run), arguments);

    private static int Run(PretrainArguments arguments) => SampleProgram.RunRanks(
        (group, stop) =>
        {
            RunPlan plan = RunPlanBuilder.Build(arguments);
            if (group.Size > 1) plan = plan with { Device = DeviceChoice.OfRanks(plan.Device) };
            RunConsole console = group.Rank == 0 ? new RunConsole(AnsiConsole.Console) : RunConsole.Silent();
            SampleProgram.Tune(console.Say, group);
            if (DeviceChoice.Resolve(plan.Device).type == TorchSharp.DeviceType.CUDA) plan = RunPlanBuilder.Build(arguments, onGpu: true);
            return new PretrainJob(plan, console, group).Run(stop);
        },
        saved: "Interrupted; the run is saved. The same command goes on from there.",
        stopped: "Interrupted before training began. The same command starts again.");
}
