namespace Electra.Benchmarks.Measurements.Step;

/// <summary>The parts of a training step, in the order in which they run.</summary>
internal enum StepPhase
{
    /// <summary>Taking the batch that was read ahead, and copying it to the device.</summary>
    Data,

    /// <summary>Random numbers, masking, and the counts that losses are divided by.</summary>
    Mask,

    /// <summary>The generator's forward pass and loss; with fused kernels on a CPU it samples too.</summary>
    Generator,

    /// <summary>Sampling replacements, where that is a step of its own.</summary>
    Sample,

    /// <summary>The discriminator's forward pass and both losses' sum.</summary>
    Discriminator,

    /// <summary>The backward pass of everything.</summary>
    Backward,

    /// <summary>Zeroing gradients, their norm, clipping and AdamW.</summary>
    Optimizer,

    /// <summary>Adding up the figures of the next report.</summary>
    Metrics,
}
