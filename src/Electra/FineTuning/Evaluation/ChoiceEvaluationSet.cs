using System.Globalization;
using Electra.Inference;

namespace Electra.FineTuning;

/// <summary>Texts with choices to judge a network by. The baseline always takes the place that is right most often in training.</summary>
internal sealed class ChoiceEvaluationSet(
    string name, IReadOnlyList<ChoiceExample> training, IReadOnlyList<ChoiceExample> examples, TokenSequence[][] choices) : EvaluationSet(name)
{
    public override IReadOnlyList<TokenSequence> Sequences { get; } = [.. choices.SelectMany(choice => choice)];

    public override TaskScores Judge(IReadOnlyList<float[]> outputs)
    {
        var scores = new float[examples.Count][];
        for (int i = 0, next = 0; i < scores.Length; next += choices[i++].Length) scores[i] = [.. Enumerable.Range(next, choices[i].Length).Select(row => outputs[row][0])];
        int[] said = [.. scores.Select(row => Probabilities.ArgMax(row))];
        int[] labelled = [.. Enumerable.Range(0, examples.Count).Where(i => examples[i].Right is not null)];
        int frequent = training.CountBy(example => example.Right!.Value).OrderByDescending(count => count.Value).ThenBy(count => count.Key).First().Key;
        double Share(Func<int, bool> of) => labelled.Length == 0 ? double.NaN : labelled.Count(of) / (double)labelled.Length;
        Dictionary<string, double> Accuracy(Func<int, int> answer) => new() { ["accuracy"] = Share(i => answer(i) == examples[i].Right) };
        return new TaskScores(
            Name, examples.Count, labelled.Length == 0 ? double.NaN : labelled.Average(i => HostLosses.CrossEntropy(scores[i], examples[i].Right!.Value)),
            Accuracy(i => said[i]), Accuracy(_ => frequent), said.Distinct().Count() == 1 && examples.Select(example => example.Right).Distinct().Count() > 1,
            [.. examples.Select((example, i) => new TaskPrediction(
                example.Id, said[i].ToString(CultureInfo.InvariantCulture), example.Right?.ToString(CultureInfo.InvariantCulture), Probabilities.Softmax(scores[i])[said[i]]))]);
    }
}
