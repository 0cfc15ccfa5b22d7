using System.Text.Json.Nodes;
using Electra.CudaCheck.Parts;

namespace Electra.CudaCheck;

/// <summary>
/// Checks this library on a machine with a GPU and prints one JSON object. Without the name of a part it runs them all, each in a process of
/// its own, so that one that crashes takes no other with it.
/// </summary>
internal static class Program
{
    private const int Passed = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;

    private static int Main(string[] arguments)
    {
        string device = "cuda";
        List<string> rest = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--device" && i + 1 < arguments.Length) device = arguments[++i];
            else rest.Add(arguments[i]);
        }

        if (device is not ("cuda" or "cpu")) return Refuse($"--device takes cuda or cpu, not '{device}'.");
        return rest switch
        {
            [] => Print(WholeCheck.Run(device)),
            ["symbols"] => Print(SymbolPart.Run()),
            ["machine"] => Print(MachinePart.Run(device)),
            ["tests"] => Print(TestPart.Run(device)),
            ["training"] => Print(TrainingPart.Run(device)),
            ["benchmark", .. var options] => BenchmarkPart.Run(device, [.. options]),
            _ => Refuse("Usage: Electra.CudaCheck [symbols|machine|tests|training|benchmark <options>] [--device cuda|cpu]"),
        };
    }

    private static int Print(JsonObject result)
    {
        Console.WriteLine(result.ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        return (bool)result["passed"]! ? Passed : Failed;
    }

    private static int Refuse(string message)
    {
        Console.Error.WriteLine(message);
        return WrongUse;
    }
}
