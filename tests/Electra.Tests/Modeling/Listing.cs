using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

/// <summary>Describes parameters as text and numbers.</summary>
internal static class Listing
{
    /// <summary>A device that holds shapes only, so that the large models cost nothing.</summary>
    public static Device ShapesOnly => new(TorchSharp.DeviceType.META);

    public static IEnumerable<string> Lines(nn.Module module) =>
        module.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]");

    public static long Count(params (string, nn.Module)[] modules) =>
        ParameterListing.Distinct(modules).Sum(item => item.Parameter.shape.Aggregate(1L, (product, size) => product * size));
}
