namespace Electra.Tokenization;

/// <summary>Two neighbouring pieces, where they occur and how often.</summary>
internal sealed class PiecePair(int left, int right)
{
    public int Left => left;

    public int Right => right;

    public long Count { get; set; }

    /// <summary>Indices of words that hold the pair, or held it before another merge; each run of equal indices once.</summary>
    public List<int> Words { get; } = [];

    /// <summary>True while the pair waits to be queued with a higher count.</summary>
    public bool HasGrown { get; set; }
}
