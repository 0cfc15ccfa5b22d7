using System.Diagnostics;
using System.Globalization;
using Electra.Inference;
using Electra.Onnx;

namespace Electra.Samples.ClassifyOnnx;

/// <summary>Classifies the lines of standard input with a folder that <see cref="OnnxExporter"/> has written; libtorch is neither needed nor there.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [string folder])
        {
            Console.Error.WriteLine("Name the folder of an exported classifier; texts are read from standard input, one a line.");
            return 2;
        }

        try
        {
            using TextClassifier classifier = TextClassifier.FromOnnx(folder);
            double loaded = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
            foreach (TextClassification result in classifier.PredictAll(Lines()))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Label}\t{result.Score:F4}"));
            double ended = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
            Console.Error.WriteLine($"loaded {loaded:F0} ms after the start of the process, done after {ended:F0} ms");
            return 0;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or DllNotFoundException)
        {
            Console.Error.WriteLine($"Failed: {error.Message}");
            return 1;
        }
    }

    private static IEnumerable<string> Lines()
    {
        while (Console.In.ReadLine() is { } line) yield return line;
    }
}
