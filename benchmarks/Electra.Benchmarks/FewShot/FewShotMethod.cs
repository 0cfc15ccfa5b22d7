using Electra.FineTuning;
using Electra.Inference;

namespace Electra.Benchmarks.FewShot;

/// <summary>A way to classify with no labels or few.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Task">What to fine-tune for on a draw; null where nothing is learned.</param>
/// <param name="Prompt">What is asked; null: a fresh head.</param>
/// <param name="FromRandomWeights">Whether the network is not pre-trained.</param>
internal sealed record FewShotMethod(string Name, Func<Prompt, TextClassificationTask, FineTuningTask>? Task, Func<Prompt, Prompt>? Prompt, bool FromRandomWeights = false)
{
    /// <summary>Those of the table.</summary>
    public static readonly FewShotMethod[] All =
    [
        new("zero-shot, logit", null, prompt => prompt),
        new("zero-shot, calibrated", null, prompt => prompt with { Calibrate = true }),
        new("zero-shot, joint calibrated", null, prompt => prompt with { Scoring = PromptScoring.Joint, Calibrate = true }),
        new("16-shot, prompt", (prompt, texts) => new PromptTask(prompt, texts), prompt => prompt),
        new("16-shot, joint", (prompt, texts) => new PromptTask(prompt with { Scoring = PromptScoring.Joint }, texts) { Loss = PromptLoss.AllTokens }, prompt => prompt),
        new("16-shot, fresh head", (_, texts) => texts, null),
        new("16-shot, prompt, random weights", (prompt, texts) => new PromptTask(prompt, texts), prompt => prompt, FromRandomWeights: true),
        new("16-shot, fresh head, random weights", (_, texts) => texts, null, FromRandomWeights: true),
    ];
}
