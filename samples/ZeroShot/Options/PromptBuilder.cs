using Electra.Inference;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.ZeroShot.Options;

/// <summary>Makes a prompt of what was typed.</summary>
internal static class PromptBuilder
{
    private static readonly Prompt Demonstration = Prompt.Of("{0} This is about {}.", "files", "numbers", "text", "threads");

    /// <summary>The prompt; null where the model's folder has its own.</summary>
    /// <exception cref="UsageException">The template or the words mean nothing.</exception>
    public static Prompt? Build(ZeroShotArguments arguments, string folder)
    {
        bool isGiven = arguments is not { Template: null, Labels: null };
        if (!isGiven && File.Exists(Path.Combine(folder, Prompt.FileName)))
        {
            return arguments is { Scoring: null, Uncalibrated: false }
                ? null
                : throw new UsageException($"'{folder}' was fine-tuned for its own prompt, whose scores are part of it; leave out --scoring and --uncalibrated, or give --template and --labels.");
        }

        return (isGiven ? PromptText.Read(arguments.Template, arguments.Labels) : Demonstration) with
        {
            Scoring = arguments.Scoring switch { "probability" => PromptScoring.Probability, "joint" => PromptScoring.Joint, _ => PromptScoring.Logit },
            Calibrate = !arguments.Uncalibrated,
        };
    }
}
