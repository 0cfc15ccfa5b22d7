using Electra.Native;
using Electra.Onnx;
using Electra.Samples.Pretrain;
using Electra.Samples.Serve.Models;
using Electra.Samples.Serve.Options;

namespace Electra.Samples.Serve;

/// <summary>Serves models, as the command line says, until the process is told to stop.</summary>
internal static class Program
{
    private static int Main(string[] arguments) =>
        SampleProgram.Start(ServeCommand.Create(typed => SampleProgram.Run(stop => Serve(typed, stop), saved: "", stopped: "Interrupted.")), arguments);

    private static bool Serve(ServeArguments arguments, CancellationToken stop)
    {
        // What needs no plan is done beside the making of one, so that a service is ready sooner; what fails there fails again where it is told.
        Task<WebApplicationBuilder> builder = Task.Run(ServeApplication.Begin, stop);
        if (arguments.Runtime != "libtorch" && arguments.Models.Any(typed => ModelArgument.Parse(typed).HasOnnx)) _ = Task.Run(OnnxRuntimeLibrary.Load, stop);
        ServePlan plan = PlanBuilder.Build(arguments);
        if (plan.Models.Any(model => !model.IsOnnx)) plan = OnLibtorch(plan);
        using WebApplication application = ServeApplication.Build(plan, builder.GetAwaiter().GetResult());
        ModelHost models = application.Services.GetRequiredService<ModelHost>();
        application.RunAsync(stop).GetAwaiter().GetResult();
        models.ThrowIfFailed();
        return true;
    }

    private static ServePlan OnLibtorch(ServePlan plan)
    {
        foreach (string problem in NativeBackend.TuneProcess(plan.Threads).Problems) Console.Error.WriteLine(problem);
        TorchSharp.torch.Device device = DeviceChoice.Resolve(plan.Device);
        DeviceChoice.RequireBFloat16(plan.Precision, device);
        return plan with { Device = device.ToString() };
    }
}
