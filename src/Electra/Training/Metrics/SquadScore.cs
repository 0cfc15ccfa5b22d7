namespace Electra.Training;

/// <summary>Exact match and F1 over questions, in percent.</summary>
/// <param name="Exact">NaN without questions, as is F1.</param>
/// <param name="F1">Of words.</param>
/// <param name="Total">Questions.</param>
internal readonly record struct SquadScore(double Exact, double F1, int Total)
{
    /// <summary>SQuAD 1.1: a question without a prediction scores 0.</summary>
    public static SquadScore Of(IEnumerable<(string Id, IReadOnlyList<string> Answers)> questions, IReadOnlyDictionary<string, string> predictions) =>
        Mean([.. questions.Select(q => predictions.TryGetValue(q.Id, out string? said) ? SquadAnswer.Of(said, q.Answers) : (false, 0))]);

    /// <summary>SQuAD 2.0, where "" says that there is no answer: of all questions, of those with an answer and of those without.</summary>
    /// <param name="questions">Those without answers have none.</param>
    /// <param name="predictions">Questions without one are left out.</param>
    /// <param name="noAnswer">The probability that a question has no answer; null: predictions stand as they are.</param>
    /// <param name="threshold">A question with more probability than that is taken as refused.</param>
    public static (SquadScore All, SquadScore HasAnswer, SquadScore NoAnswer) OfOptional(
        IEnumerable<(string Id, IReadOnlyList<string> Answers)> questions,
        IReadOnlyDictionary<string, string> predictions,
        IReadOnlyDictionary<string, double>? noAnswer = null,
        double threshold = 1)
    {
        string Said(string id) => noAnswer is not null && noAnswer[id] > threshold ? "" : predictions[id];
        var scores = questions.Where(q => predictions.ContainsKey(q.Id))
            .Select(q => (Has: q.Answers.Count > 0, Score: SquadAnswer.OfOptional(Said(q.Id), q.Answers))).ToArray();
        SquadScore Part(bool? has) => Mean([.. scores.Where(item => has is null || item.Has == has).Select(item => item.Score)]);
        return (Part(null), Part(true), Part(false));
    }

    /// <summary>
    /// The best mean, in percent, that refusing to answer above some probability of no answer gives, and that probability; 0 refuses all.
    /// </summary>
    /// <param name="questions">As above.</param>
    /// <param name="predictions">As above.</param>
    /// <param name="noAnswer">The probability that a question has no answer.</param>
    /// <param name="of">Which score: exact match as 0 or 1, or F1.</param>
    public static (double Best, double Threshold) BestThreshold(
        IEnumerable<(string Id, IReadOnlyList<string> Answers)> questions,
        IReadOnlyDictionary<string, string> predictions,
        IReadOnlyDictionary<string, double> noAnswer,
        Func<(bool Exact, double F1), double> of)
    {
        (string Id, IReadOnlyList<string> Answers)[] asked = [.. questions.Where(question => predictions.ContainsKey(question.Id))];
        double score = asked.Count(question => question.Answers.Count == 0), best = score, threshold = 0;
        foreach ((string id, IReadOnlyList<string> answers) in asked.OrderBy(question => noAnswer[question.Id]))
        {
            score += answers.Count > 0 ? of(SquadAnswer.OfOptional(predictions[id], answers)) : predictions[id].Length > 0 ? -1 : 0;
            if (score > best) (best, threshold) = (score, noAnswer[id]);
        }

        return (100 * best / asked.Length, threshold);
    }

    private static SquadScore Mean((bool Exact, double F1)[] scores) => scores.Length == 0
        ? new SquadScore(double.NaN, double.NaN, 0)
        : new SquadScore(100.0 * scores.Count(score => score.Exact) / scores.Length, 100 * scores.Average(score => score.F1), scores.Length);
}
