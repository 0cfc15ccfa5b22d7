using System.CommandLine;
using System.Text;
using Electra.Native;
using Electra.Samples.Predict.Inputs;
using Electra.Samples.Predict.Models;
using Electra.Samples.Predict.Options;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using Electra.Training;
using TorchSharp;

namespace Electra.Samples.Predict;

/// <summary>Parses the command line, runs the job and turns how it ended into an exit code.</summary>
internal static class Program
{
    private const string DefaultModel = "runs/fine-tune/seed-0/model";
    private const int TextsAtOnce = 1024;
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;

    private static int Main(string[] arguments)
    {
        ParseResult parsed = PredictCommand.Create(Run).Parse(arguments);
        return OptionKinds.FirstError(parsed) is { } error
            ? Fail(error, WrongUse)
            : parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static int Run(PredictArguments arguments)
    {
        using var signals = new ShutdownSignals();
        try
        {
            string folder = Folder(arguments);
            foreach (string problem in NativeBackend.TuneProcess().Problems) Console.Error.WriteLine(problem);
            torch.Device device = DeviceChoice.Resolve(arguments.Device);
            DeviceChoice.RequireFast(arguments.Precision, device);
            using LoadedModel model = LoadedModel.Load(folder, arguments, device);
            bool isTyped = arguments is { Texts: [], Input: null } && !Console.IsInputRedirected;
            if (isTyped) Console.Error.WriteLine($"{folder} reads lines; Ctrl+D ends.");
            IEnumerable<InputText> texts = InputReader.Open(arguments, model.HasChoices, Console.In);
            Console.Error.WriteLine(Write(arguments.Output, output => new PredictJob(model, output).Run(texts, isTyped ? 1 : TextsAtOnce, signals.Token)));
            return Done;
        }
        catch (Exception exception) when (exception is UsageException or ArgumentException)
        {
            return Fail(exception.Message, WrongUse);
        }
        catch (OperationCanceledException)
        {
            return Fail(
                "Interrupted." + (arguments.Output is null ? "" : $" What was answered so far is in {arguments.Output}.part."), signals.ExitCode);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or InvalidDataException or DllNotFoundException)
        {
            return Fail($"Failed: {exception.Message}", Failed);
        }
    }

    // Beside its place until it is whole: the file there, which may be the one that is read, stays as it is when something goes wrong.
    private static string Write(string? path, Func<TextWriter, string> job)
    {
        string summary;
        if (path is null)
        {
            using var console = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
            return job(console);
        }

        string part = path + ".part";
        using (var output = new StreamWriter(part)) summary = job(output);
        File.Move(part, path, overwrite: true);
        return summary;
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

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
        return code;
    }
}
