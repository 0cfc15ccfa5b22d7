using Electra.Checkpoints;
using Electra.Optimization;
using Electra.Training;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Goes on with pre-training from checkpoints of Google's code.</summary>
public static class GooglePretraining
{
    /// <summary>
    /// Makes the networks that a checkpoint was trained with, and loads them: generator and discriminator, a discriminator alone where words were drawn without a
    /// network, or one masked LM (BERT's objective).
    /// </summary>
    /// <param name="checkpoint">The checkpoint, which stays the caller's.</param>
    /// <param name="options">
    /// Weights of the losses and the like. Generator size, sharing of embeddings, the start of position tables and, for a masked LM, the objective are replaced by
    /// what the checkpoint has; the model's own options say how, and a run must be given those. <value>Default: Google's.</value>
    /// </param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <exception cref="ArgumentException">The objective needs networks that the checkpoint does not have.</exception>
    /// <exception cref="InvalidDataException">
    /// The checkpoint's networks are not trained here (one encoder as generator and discriminator, Electric's towers, a fine-tuned model), or a variable does not match
    /// its checksum.
    /// </exception>
    public static ElectraPretrainingModel LoadPretrainingModel(this GoogleCheckpoint checkpoint, PretrainingModelOptions? options = null, Device? device = null)
    {
        PretrainingModelOptions fitting = Fitting(checkpoint, options ?? new PretrainingModelOptions());
        var model = new ElectraPretrainingModel(checkpoint.EncoderConfig, checkpoint.GeneratorConfig, fitting, device);
        try
        {
            checkpoint.CopyInto(model.NamedParameters().Select(item => (item.Name, (Tensor)item.Parameter)));
            model.Loaded = new LoadedNetworks(Encoder: true, Generator: model.HasGenerator);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Takes moments and step into a fresh run, as <see cref="PretrainingTrainer.StartFrom(GoogleCheckpoint)"/> says.</summary>
    internal static bool Start(TrainingLoop loop, GoogleCheckpoint checkpoint, PretrainingOptions options, ILogger logger)
    {
        if (loop.IsUnderWay)
        {
            logger.LogInformation("The run has a checkpoint of its own and goes on from that, not from {Checkpoint}", checkpoint.Prefix);
            return false;
        }

        if (checkpoint.MissingOptimizerState is [string first, ..])
        {
            throw new InvalidDataException(
                $"'{checkpoint.Prefix}' has moments for some variables but not for all: {checkpoint.MissingOptimizerState.Count} are missing, for example "
                + $"{string.Join(", ", checkpoint.MissingOptimizerState.Take(5).Select(name => $"'{name}'"))}. Get its files again, or train without {nameof(PretrainingTrainer.StartFrom)}, with fresh moments.");
        }

        if (!checkpoint.HasOptimizerState)
        {
            logger.LogWarning("{Checkpoint} has no moments of the optimizer, as the released models: the run starts at step 0, with fresh ones", checkpoint.Prefix);
            return false;
        }

        if (checkpoint.Step is not long step)
            throw new InvalidDataException($"'{checkpoint.Prefix}' has moments but no 'global_step': it does not say at which step to go on.");
        if (options.Muon is not null)
            throw new ArgumentException($"'{checkpoint.Prefix}' has AdamW's moments for all parameters, but {nameof(options.Muon)} is set: leave one of them out.", nameof(options));
        loop.StartAt(step, moments => CopyMoments(checkpoint, moments));
        logger.LogInformation("Going on from step {Step} of {Checkpoint}, with its moments", step, checkpoint.Prefix);
        if (options.Optimizer.Flavor != AdamWFlavor.Google)
            logger.LogWarning("The moments are those of Google's AdamW, but the run's is {Flavor}: its first updates differ from those that Google's code would make", options.Optimizer.Flavor);
        return true;
    }

    /// <summary>Overwrites an optimizer's moments, by the names of <see cref="FusedAdamW.State"/>.</summary>
    internal static void CopyMoments(GoogleCheckpoint checkpoint, IEnumerable<(string Name, Tensor Tensor)> moments)
    {
        const string first = "exp_avg.", second = "exp_avg_sq.";
        (string Name, Tensor Tensor)[] all = [.. moments];
        foreach ((string prefix, string slot) in new[] { (first, GoogleVariable.Slots[0]), (second, GoogleVariable.Slots[1]) })
        {
            checkpoint.CopyInto(
                all.Where(item => item.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(item => (item.Name[prefix.Length..], item.Tensor)), slot);
        }
    }

    /// <summary>The options that a checkpoint's networks ask for.</summary>
    internal static PretrainingModelOptions Fitting(GoogleCheckpoint checkpoint, PretrainingModelOptions options)
    {
        options = options with { PositionInitialization = PositionInitialization.Normal };
        if (checkpoint.HasDiscriminator && checkpoint.IsGeneratorTied)
        {
            throw new InvalidDataException(
                $"'{checkpoint.Prefix}' was trained with one encoder as generator and discriminator (untied_generator=false), which is not done here; {nameof(checkpoint.LoadDiscriminator)} and {nameof(checkpoint.LoadGenerator)} give its networks.");
        }

        if (!checkpoint.HasDiscriminator)
        {
            if (!checkpoint.IsGeneratorTied) throw checkpoint.NoGenerator();
            return options with { Objective = PretrainingObjective.MaskedLM, Generator = GeneratorKind.Trained };
        }

        if (checkpoint.HasTwoTowers) throw checkpoint.NoGenerator();
        if (options.Objective is not (PretrainingObjective.Electra or PretrainingObjective.ElectraMaskedOnly))
            throw new ArgumentException($"'{checkpoint.Prefix}' has no networks for {nameof(options.Objective)} {options.Objective}.", nameof(options));
        if (checkpoint.GeneratorConfig is not { } generator)
            return options.Generator == GeneratorKind.Trained ? options with { Generator = GeneratorKind.Uniform } : options;
        return options with
        {
            Generator = GeneratorKind.Trained,
            GeneratorSize = (double)generator.HiddenSize / checkpoint.EncoderConfig.HiddenSize,
            EmbeddingSharing = checkpoint.SharesEmbeddings ? EmbeddingSharing.All : EmbeddingSharing.None,
        };
    }
}
