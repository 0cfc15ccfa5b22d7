namespace Electra.Pretraining;

/// <summary>How often the good sentence scored higher than the bad one.</summary>
/// <param name="Name">Of the paradigm.</param>
/// <param name="Phenomenon">As in <see cref="MinimalPairParadigm"/>.</param>
/// <param name="Pairs">Pairs judged.</param>
/// <param name="Right">Pairs whose good sentence scored higher; a tie is not among them.</param>
public sealed record MinimalPairScore(string Name, string Phenomenon, int Pairs, int Right)
{
    /// <summary>The share, from 0 to 1; guessing gives 0.5.</summary>
    public double Accuracy => (double)Right / Pairs;
}
