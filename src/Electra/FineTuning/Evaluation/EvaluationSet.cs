using Electra.Inference;

namespace Electra.FineTuning;

/// <summary>Examples to be judged by, and how.</summary>
internal abstract class EvaluationSet(string name)
{
    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>What the network is asked.</summary>
    public abstract IReadOnlyList<TokenSequence> Sequences { get; }

    /// <summary>Scores the answers.</summary>
    /// <param name="outputs">What the network says of each sequence, padding left out.</param>
    public abstract TaskScores Judge(IReadOnlyList<float[]> outputs);
}
