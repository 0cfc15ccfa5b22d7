using Electra.Inference;
using Electra.Samples.Predict;
using Electra.Samples.Predict.Inputs;
using Electra.Samples.Predict.Models;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.ZeroShot.Options;

namespace Electra.Samples.ZeroShot;

/// <summary>Classifies texts by a prompt, as the command line says.</summary>
internal static class Program
{
    private static readonly string[] Demonstration =
    [
        "Opens the directory and reads every line of it.",
        "Returns the square root of the sum of both values.",
        "Splits the string at each space and removes punctuation.",
        "Waits until all tasks have completed and releases the lock.",
    ];

    private static int Main(string[] arguments) => SampleProgram.Start(
        ZeroShotCommand.Create(typed => SampleProgram.Run(stop => Classify(typed, stop), saved: "", stopped: "Interrupted.")), arguments);

    private static bool Classify(ZeroShotArguments arguments, CancellationToken stop)
    {
        string folder = EncoderFolder.Require(arguments.Texts.Model);
        if (arguments.Texts.Top < 1) throw new UsageException($"--top is {arguments.Texts.Top}; it must be positive.");
        if (arguments.Texts is { Input: null, Text: string text })
            throw new UsageException($"--text: there is no file '{text}'. Name the table with --input if it is a column; a text itself stands without an option.");
        Prompt? prompt = PromptBuilder.Build(arguments, folder);
        SampleProgram.Tune(Console.Error.WriteLine);
        using LoadedModel model = ClassModel.Of(
            ZeroShotClassifier.FromPretrained(folder, prompt, new InferenceOptions { Device = DeviceChoice.Resolve(arguments.Texts.Device) }), arguments.Texts.Top);
        bool isDemonstration = arguments is { Template: null, Texts: { Texts: [], Input: null } } && !Console.IsInputRedirected;
        IEnumerable<InputText> texts = isDemonstration ? Demonstration.Select(InputText.OfLine) : InputReader.Open(arguments.Texts, hasChoices: false, Console.In);
        Console.Error.WriteLine(AnswersFile.Write(arguments.Texts.Output, output => new PredictJob(model, output).Run(texts, textsAtOnce: 1024, stop)));
        return true;
    }
}
