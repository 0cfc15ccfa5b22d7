using Electra.Modeling;
using Electra.Optimization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Where composed layers compute with copies of the parameters in bfloat16.</summary>
internal static class ParameterCopying
{
    /// <summary>The copies, which the networks use until they are disposed of; null where fused kernels or float32 have no use for them.</summary>
    /// <param name="model">The networks.</param>
    /// <param name="parameters">Those of <see cref="ElectraPretrainingModel.Flatten"/>.</param>
    /// <param name="dtype">What products are made in.</param>
    public static ParameterCopies? Start(ElectraPretrainingModel model, FlatParameters parameters, ScalarType dtype)
    {
        if (dtype == ScalarType.Float32 || !(model.CopiesParameters ?? model.Device.type == DeviceType.CUDA)) return null;
        Dictionary<string, Parameter> named = model.NamedParameters().ToDictionary(item => item.Name, item => item.Parameter);
        return new ParameterCopies(
            parameters.Values, parameters.Gradients, parameters.Entries.Select(entry => (named[entry.Name], (Func<Tensor, Tensor>)entry.View)), dtype,
            [.. Networks(model)]);
    }

    private static IEnumerable<nn.Module> Networks(ElectraPretrainingModel model)
    {
        yield return model.Generator;
        if (model.Options.Objective == PretrainingObjective.Electra) yield return model.Discriminator;
    }
}
