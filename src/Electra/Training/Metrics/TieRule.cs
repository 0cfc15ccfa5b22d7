namespace Electra.Training;

/// <summary>In which order candidates of equal score are taken.</summary>
internal enum TieRule
{
    /// <summary>As they came.</summary>
    Stable,

    /// <summary>Wrong ones first: a model that cannot tell gains nothing.</summary>
    Pessimistic,

    /// <summary>Right ones first.</summary>
    Optimistic,
}
