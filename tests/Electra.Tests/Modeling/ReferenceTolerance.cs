using System.Text.Json;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

/// <summary>
/// How far from the reference an output may be: the fixtures' own suggestions, wider where their rounding floor is higher.
/// </summary>
internal static class ReferenceTolerance
{
    public static double For(string folder, string name, string output, Tensor reference)
    {
        double floor = 10 * Floor(folder, ReferenceFolders.Key("out", name, output));
        if (output == "loss") return Math.Max(Math.Max(floor, 1e-7), 1e-5 * Math.Abs(reference.reshape(-1)[0].item<float>()));
        return Math.Max(floor, folder.Contains("maskedlm", StringComparison.Ordinal) ? 1e-4 : 2e-5);
    }

    private static double Floor(string folder, string tensor)
    {
        if (ReferenceData.FindFixture(folder + "/noise.json") is not { } path) return 0;
        using JsonDocument noise = JsonDocument.Parse(File.ReadAllText(path));
        return noise.RootElement.TryGetProperty(tensor, out JsonElement entry) ? entry.GetProperty("max_abs_err_f32").GetDouble() : 0;
    }
}
