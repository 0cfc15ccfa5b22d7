using System.Globalization;
using Electra.Inference;

namespace Electra.FineTuning;

/// <summary>Texts to judge a classifier by. Those without a label are predicted, and count for no score.</summary>
internal sealed class TextEvaluationSet(
    string name, TextClassificationTask task, IReadOnlyList<TextExample> training, IReadOnlyList<TextExample> examples, TokenSequence[] sequences)
    : EvaluationSet(name)
{
    public override IReadOnlyList<TokenSequence> Sequences => sequences;

    public override TaskScores Judge(IReadOnlyList<float[]> outputs) => task.Kind switch
    {
        LabelKind.Number => JudgeNumbers(outputs),
        LabelKind.MultiLabel => JudgeLabels(outputs),
        _ => JudgeClasses(outputs),
    };

    private TaskScores JudgeClasses(IReadOnlyList<float[]> outputs)
    {
        int[] said = [.. outputs.Select(output => Probabilities.ArgMax(output))];
        int[] labelled = [.. Labelled(example => example.Labels.Count > 0)];
        int[] truth = [.. labelled.Select(i => task.IndexOf(examples[i].Labels[0]))], predicted = [.. labelled.Select(i => said[i])];
        int frequent = task.IndexOf(training.CountBy(example => example.Labels[0]).OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).First().Key);
        int[] constant = [.. labelled.Select(_ => frequent)];
        return new TaskScores(
            Name, examples.Count, Mean(labelled, (row, i) => HostLosses.CrossEntropy(outputs[i], truth[row])),
            Scores(labelled, metric => TextScores.OfClasses(metric, truth, predicted)),
            Scores(labelled, metric => TextScores.OfClasses(metric, truth, constant)),
            predicted.Distinct().Count() == 1 && truth.Distinct().Count() > 1,
            [.. examples.Select((example, i) => new TaskPrediction(
                example.Id, task.Labels[said[i]], example.Labels.Count > 0 ? example.Labels[0] : null, Probabilities.Softmax(outputs[i])[said[i]]))]);
    }

    private TaskScores JudgeLabels(IReadOnlyList<float[]> outputs)
    {
        bool[][] said = [.. outputs.Select(output => output.Select(logit => logit > 0).ToArray())];
        int[] labelled = [.. Labelled(_ => true)]; // no label is an answer, too
        bool[][] truth = [.. labelled.Select(i => task.Labels.Select(label => examples[i].Labels.Contains(label)).ToArray())];
        bool[] frequent = [.. task.Labels.Select(label => 2 * training.Count(example => example.Labels.Contains(label)) > training.Count)];
        bool[][] constant = [.. labelled.Select(_ => frequent)];
        string Names(bool[] row) => string.Join(' ', task.Labels.Where((_, i) => row[i]));
        return new TaskScores(
            Name, examples.Count, Mean(labelled, (row, i) => outputs[i].Select((logit, label) => HostLosses.Binary(logit, truth[row][label])).Average()),
            Scores(labelled, metric => TextScores.OfLabels(metric, truth, said)), Scores(labelled, metric => TextScores.OfLabels(metric, truth, constant)),
            said.Select(Names).Distinct().Count() == 1 && truth.Select(Names).Distinct().Count() > 1,
            [.. examples.Select((example, i) => new TaskPrediction(
                example.Id, Names(said[i]), string.Join(' ', example.Labels), outputs[i].Min(logit => 1 / (1 + Math.Exp(-Math.Abs(logit))))))]);
    }

    private TaskScores JudgeNumbers(IReadOnlyList<float[]> outputs)
    {
        double[] said = [.. outputs.Select(output => (double)output[0])];
        int[] labelled = [.. Labelled(example => example.Value is not null)];
        double[] truth = [.. labelled.Select(i => examples[i].Value!.Value)], predicted = [.. labelled.Select(i => said[i])];
        double mean = training.Average(example => example.Value!.Value);
        double[] constant = [.. labelled.Select(_ => mean)];
        return new TaskScores(
            Name, examples.Count, Mean(labelled, (row, i) => Math.Pow(said[i] - truth[row], 2)),
            Scores(labelled, metric => TextScores.OfNumbers(metric, truth, predicted)),
            Scores(labelled, metric => TextScores.OfNumbers(metric, truth, constant)),
            predicted.Distinct().Count() == 1 && truth.Distinct().Count() > 1,
            [.. examples.Select((example, i) => new TaskPrediction(
                example.Id, said[i].ToString("0.####", CultureInfo.InvariantCulture), example.Value?.ToString(CultureInfo.InvariantCulture), said[i]))]);
    }

    private IEnumerable<int> Labelled(Func<TextExample, bool> isLabelled) => Enumerable.Range(0, examples.Count).Where(i => isLabelled(examples[i]));

    private static double Mean(int[] labelled, Func<int, int, double> of) => labelled.Length == 0 ? double.NaN : labelled.Select((i, row) => of(row, i)).Average();

    private Dictionary<string, double> Scores(int[] labelled, Func<TextMetric, double> of) =>
        task.Metrics.ToDictionary(TextScores.NameOf, metric => labelled.Length == 0 ? double.NaN : of(metric));
}
