using Electra.Samples.Predict.Inputs;
using Electra.Samples.Predict.Models;
using Electra.Samples.Predict.Options;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using TorchSharp;

namespace Electra.Samples.Predict;

/// <summary>Puts a fine-tuned model to work, as the command line says.</summary>
internal static class Program
{
    private const string DefaultModel = "runs/fine-tune/seed-0/model";
    private const int TextsAtOnce = 1024;

    private static int Main(string[] arguments) => SampleProgram.Start(PredictCommand.Create(Run), arguments);

    private static int Run(PredictArguments arguments)
    {
        string answered = arguments.Output is { } path ? $" What was answered so far is in {AnswersFile.PartOf(path)}." : "";
        return SampleProgram.Run(stop => Predict(arguments, stop), saved: "", stopped: "Interrupted." + answered);
    }

    private static bool Predict(PredictArguments arguments, CancellationToken stop)
    {
        string folder = Folder(arguments);
        SampleProgram.Tune(Console.Error.WriteLine);
        torch.Device device = DeviceChoice.Resolve(arguments.Device);
        DeviceChoice.RequireBFloat16(arguments.Precision, device);
        using LoadedModel model = LoadedModel.Load(folder, arguments, device);
        bool isTyped = arguments is { Texts: [], Input: null } && !Console.IsInputRedirected;
        if (isTyped) Console.Error.WriteLine($"{folder} reads lines; Ctrl+D ends.");
        IEnumerable<InputText> texts = InputReader.Open(arguments, model.HasChoices, Console.In);
        Console.Error.WriteLine(
            AnswersFile.Write(arguments.Output, output => new PredictJob(model, output).Run(texts, isTyped ? 1 : TextsAtOnce, stop)));
        return true;
    }

    private static string Folder(PredictArguments arguments)
    {
        if (arguments.Top < 1) throw new UsageException($"--top is {arguments.Top}; it must be positive.");
        string folder = arguments.Model ?? DefaultModel;
        if (File.Exists(Path.Combine(folder, "config.json"))) return folder;
        throw new UsageException(arguments.Model is null
            ? $"There is no model in {DefaultModel} yet. Fine-tune one first: dotnet run -c Release --project samples/FineTune; or name a folder: --model."
            : $"--model '{folder}' is no folder with a config.json; name what samples/FineTune has written.");
    }
}
