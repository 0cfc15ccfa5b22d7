namespace Electra.Inference;

/// <summary>What a model says of a window.</summary>
/// <param name="Candidates">Stretches that may be the answer; also impossible ones.</param>
/// <param name="NoAnswer">How much speaks for there being none.</param>
internal sealed record WindowScores(IReadOnlyList<AnswerCandidate> Candidates, double NoAnswer)
{
    /// <summary>From the scores of each position as start and as end: Hugging Face's head. The best of both make the candidates.</summary>
    /// <param name="output">Starts, then as many ends; of padding too.</param>
    /// <param name="length">Tokens of the window.</param>
    /// <param name="bestSize">How many starts and ends.</param>
    public static WindowScores OfStartsAndEnds(ReadOnlySpan<float> output, int length, int bestSize)
    {
        float[] starts = output[..length].ToArray(), ends = output.Slice(output.Length / 2, length).ToArray();
        int[] bestEnds = Best(ends, bestSize);
        return new WindowScores(
            [.. Best(starts, bestSize).SelectMany(start => bestEnds.Select(end => new AnswerCandidate(start, end, starts[start] + ends[end])))], starts[0] + ends[0]);
    }

    /// <summary>From a beam: the best starts, each with scores of every position as its end, and the score of there being no answer.</summary>
    /// <param name="output">How many starts, the starts, their scores, those of all ends for each, and the score of no answer.</param>
    /// <param name="length">Tokens of the window.</param>
    /// <param name="bestSize">How many ends of each start.</param>
    public static WindowScores OfBeam(ReadOnlySpan<float> output, int length, int bestSize)
    {
        int width = (int)output[0], padded = (output.Length - 2 - (2 * width)) / width;
        var candidates = new List<AnswerCandidate>();
        for (int i = 0; i < width; i++)
        {
            int start = (int)output[1 + i];
            float[] ends = output.Slice(1 + (2 * width) + (i * padded), Math.Min(length, padded)).ToArray();
            foreach (int end in Best(ends, bestSize)) candidates.Add(new AnswerCandidate(start, end, output[1 + width + i] + ends[end]));
        }

        return new WindowScores(candidates, output[^1]) { IsClassified = true };
    }

    /// <summary>Whether <see cref="NoAnswer"/> stands by itself; else it is to be compared with the score of the best answer.</summary>
    public bool IsClassified { get; private init; }

    private static int[] Best(float[] scores, int count) => [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(count)];
}
