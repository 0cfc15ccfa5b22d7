namespace Electra.Samples.Search.Evaluation;

/// <summary>Where a ranking has the first passage that answers its query; equal scores are worth the mean over their orders, exactly.</summary>
/// <param name="Reciprocal">One divided by its rank, from 1.</param>
/// <param name="IsNear">Whether it is among the first ten: 1, 0, or the chance of it.</param>
internal readonly record struct FirstAnswer(double Reciprocal, double IsNear)
{
    private const int Near = 10;

    /// <summary>Looks it up.</summary>
    /// <param name="scores">One a passage.</param>
    /// <param name="answers">The passages that answer; one at least.</param>
    public static FirstAnswer Of(IReadOnlyList<double> scores, IReadOnlySet<int> answers)
    {
        double best = answers.Max(passage => scores[passage]);
        int right = answers.Count(passage => scores[passage] == best), before = 0, tied = 0;
        for (int i = 0; i < scores.Count; i++)
        {
            if (scores[i] > best) before++;
            else if (scores[i] == best) tied++;
        }

        double reciprocal = 0, near = 0, noneYet = 1; // the chance that no right one has come yet
        for (int i = 0; i <= tied - right; i++)
        {
            double comes = noneYet * right / (tied - i);
            reciprocal += comes / (before + i + 1);
            if (before + i < Near) near += comes;
            noneYet -= comes;
        }

        return new FirstAnswer(reciprocal, near);
    }
}
