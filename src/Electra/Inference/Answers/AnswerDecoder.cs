namespace Electra.Inference;

/// <summary>Makes answers of what a model says of all windows of a question.</summary>
internal static class AnswerDecoder
{
    /// <summary>The best answers, and how much speaks for there being none.</summary>
    /// <param name="context">The text.</param>
    /// <param name="windows">All of the question.</param>
    /// <param name="scores">One a window.</param>
    /// <param name="options">How long an answer may be, and how many are told.</param>
    /// <returns>
    /// Answers with different texts, the best first, their scores probabilities among them, none when there is no stretch that could be one; and the
    /// score of no answer, which is above 0 where it is better than the best answer.
    /// </returns>
    public static (IReadOnlyList<Answer> Answers, double NoAnswer) Decode(
        string context, IReadOnlyList<AnswerWindow> windows, IReadOnlyList<WindowScores> scores, AnswerOptions options)
    {
        var found = new List<(string Text, int Start, double Score)>();
        foreach ((AnswerWindow window, AnswerCandidate candidate) in windows
            .Zip(scores).SelectMany(item => item.Second.Candidates.Select(candidate => (item.First, candidate)))
            .Where(item => IsPossible(item.First, item.candidate, options)).OrderByDescending(item => item.candidate.Score))
        {
            if (found.Count == options.BestSize) break;
            int start = window.Offsets[candidate.Start - window.First].Start, end = window.Offsets[candidate.End - window.First].End;
            string text = context[start..end];
            if (!found.Any(other => other.Text == text)) found.Add((text, start, candidate.Score));
        }

        double none = scores.Min(window => window.NoAnswer);
        double sum = found.Sum(answer => Math.Exp(answer.Score - found[0].Score));
        return (
            [.. found.Select(answer => new Answer(answer.Text, answer.Start, Math.Exp(answer.Score - found[0].Score) / sum))],
            scores[0].IsClassified || found.Count == 0 ? none : none - found[0].Score);
    }

    private static bool IsPossible(AnswerWindow window, AnswerCandidate candidate, AnswerOptions options)
    {
        int first = candidate.Start - window.First, last = candidate.End - window.First;
        return first >= 0 && last >= first && last < window.Offsets.Length && last - first < options.MaxAnswerLength && window.HasMostContext[first];
    }
}
