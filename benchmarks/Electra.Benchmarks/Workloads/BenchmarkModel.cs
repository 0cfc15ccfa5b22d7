using Electra.Benchmarks.CommandLine;
using Electra.Pretraining;

namespace Electra.Benchmarks.Workloads;

/// <summary>Both networks with fresh weights, as the settings want them.</summary>
internal static class BenchmarkModel
{
    /// <summary>Makes them; the caller disposes them.</summary>
    public static ElectraPretrainingModel Create(BenchmarkSettings settings)
    {
        var model = new ElectraPretrainingModel(settings.Config, settings.Options.Model, settings.Device)
        {
            ComputeDtype = settings.Dtype,
            UseFusedKernels = settings.Fused,
        };
        model.Generator.Electra.RecomputeActivations = settings.Recompute;
        model.Discriminator.Electra.RecomputeActivations = settings.Recompute;
        return model;
    }
}
