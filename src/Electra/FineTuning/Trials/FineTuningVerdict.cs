namespace Electra.FineTuning;

/// <summary>Whether a run learned anything.</summary>
public enum FineTuningVerdict
{
    /// <summary>It did.</summary>
    Learned,

    /// <summary>Its predictions are all the same.</summary>
    OneClassOnly,

    /// <summary>It scores no better than a model that knows nothing.</summary>
    NoBetterThanBaseline,

    /// <summary>It scores no better than the best run of the same network from random weights.</summary>
    NoBetterThanRandomWeights,
}
