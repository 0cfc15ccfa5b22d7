using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Lists the parameters of modules that may share some.</summary>
internal static class ParameterListing
{
    /// <summary>
    /// Every parameter once, under the first name it is met by: what an optimizer must be given when towers share embeddings.
    /// </summary>
    /// <param name="modules">
    /// Modules, each with the prefix of its parameters' names (for example <c>"discriminator."</c>, or empty).
    /// </param>
    public static IReadOnlyList<(string Name, Parameter Parameter)> Distinct(params ReadOnlySpan<(string Prefix, nn.Module Module)> modules)
    {
        List<(string, Parameter)> distinct = [];
        HashSet<Parameter> seen = new(ReferenceEqualityComparer.Instance);
        foreach ((string prefix, nn.Module module) in modules)
        {
            foreach ((string name, Parameter parameter) in module.named_parameters())
            {
                if (seen.Add(parameter)) distinct.Add((prefix + name, parameter));
            }
        }

        return distinct;
    }
}
