using Electra.Samples.Convert.Options;
using Electra.Samples.Pretrain;

namespace Electra.Samples.Convert;

/// <summary>Writes the weights of other programs in the form that is asked for.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => SampleProgram.Start(ConvertCommand.Create(Run), arguments);

    private static int Run(ConvertArguments arguments) => SampleProgram.Run(
        stop =>
        {
            ConvertPlan plan = PlanBuilder.Build(arguments);
            SampleProgram.Tune(Console.Error.WriteLine);
            new ConvertJob(plan, Console.Out).Run(stop);
            return true;
        },
        saved: "", stopped: "Interrupted; nothing was written.");
}
