using System.Globalization;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Reporting;
using Electra.Samples.Search.Ranking;
using Electra.Samples.Search.Reporting;
using Spectre.Console;

namespace Electra.Samples.Search.Evaluation;

/// <summary>Measures a search by questions with known answers, each way of finding beside the others and beside chance.</summary>
/// <param name="questions">The questions; the passages are the engine's, in the same order.</param>
/// <param name="engine">What is measured.</param>
internal sealed class SdkEvaluation(SdkQuestions questions, SearchEngine engine)
{
    /// <summary>Questions that are asked.</summary>
    public const int MostQuestions = 1000;

    /// <summary>Asks, and gives the mean figures of each way by its name.</summary>
    public IReadOnlyDictionary<string, FirstAnswer> Run(Action<int> progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Query, IReadOnlySet<int> Answers)> asked = questions.Of(isHeldOut: true, MostQuestions);
        var figures = new Dictionary<string, List<FirstAnswer>>();
        double[] chance = new double[engine.Count];
        foreach ((string query, IReadOnlySet<int> answers) in asked)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Dictionary<string, double[]> scores = engine.Scores(query, engine.By);
            if (engine.Reranker is not null) scores["reranker"] = Reranked(query, scores.Values.Last(), cancellationToken);
            foreach ((string name, double[] one) in scores.Prepend(new("chance", chance)))
            {
                if (!figures.TryGetValue(name, out List<FirstAnswer>? own)) figures[name] = own = [];
                own.Add(FirstAnswer.Of(one, answers));
            }

            progress(1);
        }

        return figures.ToDictionary(of => of.Key, of => new FirstAnswer(of.Value.Average(one => one.Reciprocal), of.Value.Average(one => one.IsNear)));
    }

    /// <summary>Shows the figures.</summary>
    public static void Show(RunConsole console, IReadOnlyDictionary<string, FirstAnswer> figures)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("found by", "MRR", "among the first 10");
        foreach ((string name, FirstAnswer mean) in figures)
            table.AddRow(HitText.NameOf(name), mean.Reciprocal.ToString("0.000", CultureInfo.InvariantCulture), mean.IsNear.ToString("P1", CultureInfo.InvariantCulture));
        console.Ansi.Write(table);
    }

    // What was read again comes first, in its new order.
    private double[] Reranked(string query, double[] scores, CancellationToken cancellationToken)
    {
        double[] again = [.. scores];
        int[] found = [.. SearchEngine.Best(scores, engine.RerankedPassages)];
        double above = scores.Max() + 1;
        foreach ((int passage, double score) in engine.Rerank(query, found, cancellationToken)) again[passage] = above + score;
        return again;
    }
}
