using Electra.Configuration;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>
/// What an encoder is fine-tuned for: labelled examples to learn from, others to be judged by, the head that both need, and the scores. Made once;
/// any number of runs may use it.
/// </summary>
public abstract class FineTuningTask
{
    /// <summary>Tokens of most tasks' longest sequences.</summary>
    internal const int UsualMaxLength = 128;

    private protected FineTuningTask(string name) => Name = name;

    /// <summary>What it is called, for reports.</summary>
    public string Name { get; }

    /// <summary>The score by which runs are compared: larger is better.</summary>
    public abstract string MainMetric { get; }

    /// <summary>The names of what a head tells apart, by index; empty where that has no names.</summary>
    public abstract IReadOnlyList<string> Labels { get; }

    /// <summary>Examples to learn from; of questions, each of which has one or several windows, the questions.</summary>
    public abstract int TrainingExamples { get; }

    /// <summary>How often examples are gone through where options do not say.</summary>
    /// <value>3; of question answering 2, and some GLUE tasks 10.</value>
    public double UsualEpochs { get; init; } = 3;

    /// <summary>Tokens of the longest sequence where options do not say.</summary>
    /// <value>128; question answering 384.</value>
    public int UsualLength { get; init; } = UsualMaxLength;

    /// <summary>Whether examples are pairs of texts, so that a token type 1 is needed.</summary>
    internal abstract bool HasPairs { get; }

    /// <summary>Whether the head is one that pre-training does not leave.</summary>
    internal virtual bool HasFreshHead => true;

    /// <summary>What tells the task from others when a run is resumed.</summary>
    internal virtual string Identity => Name;

    /// <summary>What options ask for that the task has no use for, one phrase each.</summary>
    internal abstract IEnumerable<string> Problems(FineTuningOptions options);

    /// <summary>The configuration of a network with the task's head.</summary>
    internal abstract ElectraConfig Configure(ElectraConfig encoder);

    /// <summary>Loads an encoder under a fresh head; a head that the folder has is dropped.</summary>
    internal abstract TaskNetwork Load(string folder, ElectraConfig config, Device? device, FineTuningOptions options);

    /// <summary>Tokenizes all examples.</summary>
    internal abstract EncodedTask Encode(ElectraTokenizer tokenizer, FineTuningOptions options);
}
