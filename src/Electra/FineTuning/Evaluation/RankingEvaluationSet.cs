using System.Globalization;
using Electra.Inference;
using Electra.Training;

namespace Electra.FineTuning;

/// <summary>
/// Queries to judge a re-ranker by. The baseline takes their passages in random order; BM25, which counts rare words over all passages of the set, stands
/// among the scores. Equal scores count as the mean over their orders.
/// </summary>
internal sealed class RankingEvaluationSet(string name, RankingLoss loss, IReadOnlyList<RankingExample> examples, TokenSequence[] sequences) : EvaluationSet(name)
{
    private readonly Lazy<RankingScore> _random = new(() => Score(examples, examples.SelectMany(example => example.Passages.Select(_ => 0.0))));
    private readonly Lazy<RankingScore> _bm25 = new(() => Score(examples, OfBm25(examples)));

    public override IReadOnlyList<TokenSequence> Sequences => sequences;

    public override TaskScores Judge(IReadOnlyList<float[]> outputs)
    {
        float[] logits = [.. outputs.Select(output => output[0])];
        RankingScore score = Score(examples, logits.Select(logit => (double)logit));
        Dictionary<string, double> metrics = Named(score);
        (metrics["bm25_map"], metrics["bm25_mrr"]) = (_bm25.Value.MeanAveragePrecision, _bm25.Value.MeanReciprocalRank);
        return new TaskScores(Name, score.Questions, Loss(logits), metrics, Named(_random.Value), logits.Distinct().Count() == 1, [.. Predictions(logits)]);
    }

    /// <summary>Ranks the passages of all queries, by scores in the same order.</summary>
    public static RankingScore Score(IReadOnlyList<RankingExample> examples, IEnumerable<double> scores)
    {
        double[] all = [.. scores];
        int next = 0;
        return RankingScore.Of(examples.Select(example => ((IReadOnlyList<double>)all[next..(next += example.Passages.Count)], example.IsRelevant)));
    }

    /// <summary>What BM25 over the different passages of all queries gives to each query's own.</summary>
    public static IEnumerable<double> OfBm25(IReadOnlyList<RankingExample> examples)
    {
        string[] passages = [.. examples.SelectMany(example => example.Passages).Distinct()];
        Dictionary<string, int> places = passages.Index().ToDictionary(item => item.Item, item => item.Index);
        var index = new Bm25(passages);
        foreach (RankingExample example in examples)
        {
            IReadOnlyList<double> scores = index.Score(example.Query);
            foreach (string passage in example.Passages) yield return scores[places[passage]];
        }
    }

    private static Dictionary<string, double> Named(RankingScore score) => new()
    {
        ["map"] = score.MeanAveragePrecision,
        ["mrr"] = score.MeanReciprocalRank,
        ["precision_at_1"] = score.PrecisionAtOne,
        ["ndcg_at_10"] = score.NormalizedGain,
    };

    // Of the pairwise loss over all passages, not some that were drawn.
    private double Loss(float[] logits)
    {
        var losses = new List<double>();
        int next = 0;
        foreach (RankingExample example in examples)
        {
            (float Logit, bool IsRelevant)[] own = [.. logits[next..(next += example.Passages.Count)].Zip(example.IsRelevant)];
            if (loss == RankingLoss.Binary) losses.AddRange(own.Select(passage => HostLosses.Binary(passage.Logit, passage.IsRelevant)));
            else if (example.HasBoth)
                losses.AddRange(own.Where(passage => passage.IsRelevant).Select(
                    right => own.Where(passage => !passage.IsRelevant).Average(wrong => HostLosses.Binary(right.Logit - wrong.Logit, isTrue: true))));
        }

        return losses.Count == 0 ? double.NaN : losses.Average();
    }

    private IEnumerable<TaskPrediction> Predictions(float[] logits)
    {
        int next = 0;
        foreach (RankingExample example in examples)
        {
            float[] own = logits[next..(next += example.Passages.Count)];
            int[] order = [.. Enumerable.Range(0, own.Length).OrderByDescending(i => own[i])];
            for (int i = 0; i < own.Length; i++)
            {
                yield return new TaskPrediction(
                    example.Id ?? example.Query, (Array.IndexOf(order, i) + 1).ToString(CultureInfo.InvariantCulture), example.IsRelevant[i] ? "1" : "0",
                    Probabilities.Sigmoid(own[i]));
            }
        }
    }
}
