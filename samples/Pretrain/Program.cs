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
            RunConsole console = group.Rank == 0 ? new RunConsole(AnsiConsole.Console) : RunConsole.Silent();
            bool needsTensors = arguments.From is not null || group.Size > 1; // by libtorch weights are read and ranks meet, and it must be tuned before it is loaded
            if (needsTensors) SampleProgram.Tune(console.Say, group);
            RunPlan plan = SampleProgram.OnRanks(group, _ => RunPlanBuilder.Build(arguments), stop);
            if (!needsTensors) SampleProgram.Tune(console.Say, group);
            string device = DeviceChoice.OfRanks(plan.Device, group);
            if (DeviceChoice.Resolve(device).type == TorchSharp.DeviceType.CUDA) plan = RunPlanBuilder.Build(arguments, onGpu: true);
            return new PretrainJob(plan with { Device = device }, console, group).Run(stop);
        },
        saved: "Interrupted; the run is saved. The same command goes on from there.",
        stopped: "Interrupted before training began. The same command starts again.");
}
