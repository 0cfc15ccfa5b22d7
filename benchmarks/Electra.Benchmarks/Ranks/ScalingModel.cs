namespace Electra.Benchmarks.Ranks;

/// <summary>
/// What share of their time GPUs compute that train together, by arithmetic alone: the work of an update at a stated rate, and its gradients over links at
/// their published rates. Latency, the optimizer, stragglers and whatever else takes time are left out, so that real runs are below it.
/// </summary>
/// <param name="Parameters">Trained values.</param>
/// <param name="FlopsPerToken">Of training.</param>
/// <param name="TokensPerGpu">Tokens of an update on each GPU.</param>
/// <param name="Gpu">What computes.</param>
/// <param name="Utilisation">The share of its products' rate that training reaches, above 0 up to 1.</param>
internal sealed record ScalingModel(double Parameters, double FlopsPerToken, double TokensPerGpu, Accelerator Gpu, double Utilisation)
{
    /// <summary>GPUs of a machine.</summary>
    public const int GpusPerMachine = 8;

    /// <summary>The backward pass's share of an update's work, beside which gradients can travel.</summary>
    public const double BackwardShare = 2.0 / 3;

    /// <summary>Seconds of forward and backward pass.</summary>
    public double ComputeSeconds => FlopsPerToken * TokensPerGpu / (Gpu.FlopsPerSecond * Utilisation);

    /// <summary>Seconds in which gradients are added up: in a ring within each machine, and in one between machines.</summary>
    /// <param name="gpus">All of them; up to eight, or a multiple of eight.</param>
    /// <param name="bytesPerValue">4 of float32, 2 of bfloat16.</param>
    /// <param name="machineLink">What a machine sends to others, in bytes a second; not looked at where there is one machine.</param>
    public double CommunicationSeconds(int gpus, int bytesPerValue, double machineLink)
    {
        double bytes = Parameters * bytesPerValue;
        int within = Math.Min(gpus, GpusPerMachine), machines = gpus / within;
        double between = machines == 1 ? 0 : Ring(machines) * bytes / machineLink;
        return (Ring(within) * bytes / Gpu.BytesPerSecond) + between;
    }

    /// <summary>The share of the time in which GPUs compute, from 0 to 1.</summary>
    /// <param name="gpus">All of them; up to eight, or a multiple of eight.</param>
    /// <param name="bytesPerValue">4 of float32, 2 of bfloat16.</param>
    /// <param name="machineLink">What a machine sends to others, in bytes a second.</param>
    /// <param name="isOverlapped">Whether gradients travel beside the backward pass.</param>
    public double Efficiency(int gpus, int bytesPerValue, double machineLink, bool isOverlapped)
    {
        double exposed = CommunicationSeconds(gpus, bytesPerValue, machineLink) - (isOverlapped ? BackwardShare * ComputeSeconds : 0);
        return ComputeSeconds / (ComputeSeconds + Math.Max(0, exposed));
    }

    // Of n members each sends 1/n of all 2 (n - 1) times.
    private static double Ring(int members) => 2.0 * (members - 1) / members;
}
