using Electra.Configuration;
using Electra.Inference;
using Electra.Training;

namespace Electra.FineTuning;

/// <summary>
/// Questions to judge a network by. Where some have no answer, the threshold above which a question is refused is the best one for these questions, as
/// SQuAD's script finds it; the baseline then refuses all, else it knows no answer.
/// </summary>
internal sealed class AnswerEvaluationSet(
    string name, QuestionAnsweringTask task, HeadStyle style, IReadOnlyList<QuestionExample> questions, IReadOnlyList<AnswerWindow>[] windows) : EvaluationSet(name)
{
    public override IReadOnlyList<TokenSequence> Sequences { get; } = [.. windows.SelectMany(of => of.Select(window => window.Sequence))];

    public override TaskScores Judge(IReadOnlyList<float[]> outputs)
    {
        var found = new (string Text, double Score, double NoAnswer)[questions.Count];
        double loss = 0;
        for (int i = 0, next = 0; i < found.Length; next += windows[i++].Count)
        {
            WindowScores[] scores = [.. windows[i].Select((window, j) => SpanOutputs.Read(style, outputs[next + j], window.Sequence.Length, task.Answers))];
            (IReadOnlyList<Answer> answers, double none) = AnswerDecoder.Decode(questions[i].Context, windows[i], scores, task.Answers);
            found[i] = answers.Count == 0 ? ("", 1, none) : (answers[0].Text, answers[0].Score, none);
            loss += windows[i].Select((window, j) => Loss(outputs[next + j], window.Sequence.Length, QuestionAnsweringTask.Target(questions[i], window))).Sum();
        }

        (string Id, IReadOnlyList<string> Answers)[] asked =
            [.. questions.Select((question, i) => ($"{i}", (IReadOnlyList<string>)[.. question.Answers.Select(answer => answer.Text)]))];
        Dictionary<string, string> said = found.Index().ToDictionary(item => $"{item.Index}", item => item.Item.Text);
        Dictionary<string, double> refusal = found.Index().ToDictionary(item => $"{item.Index}", item => 1 / (1 + Math.Exp(-item.Item.NoAnswer)));
        (Dictionary<string, double> metrics, double threshold) = task.HasImpossible ? Optional(asked, said, refusal) : (Always(asked, said), 1);
        bool IsRefused(int i) => refusal[$"{i}"] > threshold;
        return new TaskScores(
            Name, questions.Count, loss / Sequences.Count, metrics,
            task.HasImpossible ? Optional(asked, said.ToDictionary(item => item.Key, _ => ""), refusal).Metrics : new() { ["f1"] = 0, ["exact"] = 0 },
            said.Values.Distinct().Count() == 1 && questions.Count > 1,
            [.. questions.Select((question, i) => new TaskPrediction(
                question.Id, IsRefused(i) ? "" : found[i].Text, question.Answers.Count == 0 ? "" : question.Answers[0].Text, found[i].Score))]);
    }

    private static Dictionary<string, double> Always((string, IReadOnlyList<string>)[] asked, Dictionary<string, string> said)
    {
        SquadScore score = SquadScore.Of(asked, said);
        return new() { ["f1"] = score.F1, ["exact"] = score.Exact };
    }

    private static (Dictionary<string, double> Metrics, double Threshold) Optional(
        (string, IReadOnlyList<string>)[] asked, Dictionary<string, string> said, Dictionary<string, double> refusal)
    {
        (_, double threshold) = SquadScore.BestThreshold(asked, said, refusal, score => score.F1);
        (SquadScore all, SquadScore has, SquadScore none) = SquadScore.OfOptional(asked, said, refusal, threshold);
        double logit = Math.Log(threshold / (1 - threshold));
        return (
            new()
            {
                ["f1"] = all.F1,
                ["exact"] = all.Exact,
                ["has_answer_f1"] = has.F1,
                ["no_answer_f1"] = none.F1,
                ["no_answer_threshold"] = Math.Clamp(logit, -1e3, 1e3),
            },
            threshold);
    }

    private double Loss(float[] output, int length, long[] target) => style == HeadStyle.Google
        ? double.NaN
        : (HostLosses.CrossEntropy(output.AsSpan(0, length), (int)target[0]) + HostLosses.CrossEntropy(output.AsSpan(output.Length / 2, length), (int)target[1])) / 2;
}
