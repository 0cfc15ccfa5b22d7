namespace Electra.Training;

/// <summary>In which order candidates of equal score are taken.</summary>
public enum TieRule
{
    /// <summary>As they came.</summary>
    Stable,

    /// <summary>Wrong ones first: a model that cannot tell gains nothing.</summary>
    Pessimistic,

    /// <summary>Right ones first.</summary>
    Optimistic,

    /// <summary>
    /// Every order as often, and the mean of what they come to (McSherry and Najork 2008), exactly: what trec_eval's order, which goes by the names of
    /// candidates and not by whether they are right, gives on average. Equal scores throughout give the value of a random order.
    /// </summary>
    Averaged,
}
