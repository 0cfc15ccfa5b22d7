using System.Globalization;
using Electra.Inference;

namespace Electra.FineTuning;

/// <summary>
/// Pairs to judge vectors by. The baseline of correlations takes the share of common tokens for the likeness of two texts; that of finding second texts
/// guesses.
/// </summary>
internal sealed class EmbeddingEvaluationSet(string name, EmbeddingTask task, IReadOnlyList<TextExample> examples, TokenSequence[][] pairs) : EvaluationSet(name)
{
    public override IReadOnlyList<TokenSequence> Sequences { get; } = [.. pairs.SelectMany(pair => pair)];

    public override TaskScores Judge(IReadOnlyList<float[]> outputs) => examples[0].Value is null ? JudgeNearest(outputs) : JudgeScores(outputs);

    private TaskScores JudgeScores(IReadOnlyList<float[]> outputs)
    {
        double[] said = [.. examples.Select((_, i) => TextEmbedder.Similarity(outputs[2 * i], outputs[(2 * i) + 1]))];
        double[] truth = [.. examples.Select(example => example.Value!.Value)], common = [.. pairs.Select(CommonShare)];
        return new TaskScores(
            Name, examples.Count, said.Zip(truth, (cosine, score) => Math.Pow(cosine - task.Scaled(score), 2)).Average(), Scores(said), Scores(common),
            said.Distinct().Count() == 1 && truth.Distinct().Count() > 1, [.. examples.Select((example, i) => Prediction(example, said[i], example.Value!.Value.ToString("0.####", CultureInfo.InvariantCulture)))]);

        Dictionary<string, double> Scores(double[] likeness) => new[] { TextMetric.Spearman, TextMetric.Pearson }
            .ToDictionary(TextScores.NameOf, metric => TextScores.OfNumbers(metric, truth, likeness));
    }

    private TaskScores JudgeNearest(IReadOnlyList<float[]> outputs)
    {
        int[] nearest = new int[examples.Count];
        double loss = 0;
        for (int i = 0; i < nearest.Length; i++)
        {
            float[] likeness = [.. Enumerable.Range(0, nearest.Length).Select(other => (float)(TextEmbedder.Similarity(outputs[2 * i], outputs[(2 * other) + 1]) / task.Temperature))];
            nearest[i] = Probabilities.ArgMax(likeness);
            loss += HostLosses.CrossEntropy(likeness, i) / nearest.Length;
        }

        bool IsRight(int i, int other) => examples[i].Pair == examples[other].Pair;
        Dictionary<string, double> Accuracy(Func<int, double> of) =>
            new() { [TextScores.NameOf(TextMetric.Accuracy)] = Enumerable.Range(0, nearest.Length).Average(of) };
        return new TaskScores(
            Name, examples.Count, loss, Accuracy(i => IsRight(i, nearest[i]) ? 1 : 0), Accuracy(i => examples.Index().Average(other => IsRight(i, other.Index) ? 1.0 : 0)),
            nearest.Length > 1 && nearest.Distinct().Count() == 1,
            [.. examples.Select((example, i) => Prediction(example, TextEmbedder.Similarity(outputs[2 * i], outputs[(2 * nearest[i]) + 1]), example.Pair!) with { Predicted = examples[nearest[i]].Pair! })]);
    }

    private static TaskPrediction Prediction(TextExample example, double cosine, string truth) =>
        new(example.Id, cosine.ToString("0.####", CultureInfo.InvariantCulture), truth, cosine);

    private static double CommonShare(TokenSequence[] pair)
    {
        HashSet<int> first = [.. pair[0].Ids], all = [.. first.Concat(pair[1].Ids)];
        first.IntersectWith(pair[1].Ids);
        return (double)first.Count / all.Count; // [CLS] and [SEP] are common to all
    }
}
