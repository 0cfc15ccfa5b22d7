using System.Text.Json;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.Training.Metrics;

/// <summary>Metrics of fine-tuning tasks against values of scikit-learn, SciPy, seqeval and the official rules of SQuAD.</summary>
public class MetricsReferenceTests
{
    private const double Rounding = 1e-12;

    [SkippableTheory]
    [InlineData("accuracy", 6)]
    [InlineData("matthews_correlation", 11)]
    [InlineData("f1", 15)]
    [InlineData("pearson", 8)]
    [InlineData("spearman", 8)]
    [InlineData("roc_auc", 8)]
    [InlineData("ranking", 9)]
    [InlineData("entity_f1", 24)]
    [InlineData("squad_normalize", 13)]
    [InlineData("squad_answer", 16)]
    [InlineData("squad_v1", 3)]
    [InlineData("squad_v2", 4)]
    public void Every_case_of_a_metric_has_the_reference_value(string metric, int cases)
    {
        using JsonDocument all = JsonDocument.Parse(File.ReadAllText(ReferenceData.Fixture("finetuning/metrics.json")));
        int compared = 0;
        foreach (JsonElement item in all.RootElement.EnumerateArray().Where(item => item.GetProperty("metric").GetString() == metric))
        {
            string id = item.GetProperty("id").GetString()!;
            Dictionary<string, object> actual = Compute(metric, item.GetProperty("inputs"));
            foreach ((string name, object value) in actual)
            {
                JsonElement? expected = Find(item.GetProperty("expected"), name);
                if (expected is not { } wanted) continue;
                if (value is string text) Assert.Equal((id, name, wanted.GetString()), (id, name, text));
                else if (wanted.ValueKind == JsonValueKind.String) Assert.True(double.IsNaN(Convert.ToDouble(value)), $"{id} {name}: {value} instead of NaN");
                else Assert.True(Math.Abs(wanted.GetDouble() - Convert.ToDouble(value)) <= Rounding * Math.Max(1, Math.Abs(wanted.GetDouble())), $"{id} {name}: {value} instead of {wanted}");
            }

            string[] missing = [.. Leaves(item.GetProperty("expected"), "").Where(name => !actual.ContainsKey(name))];
            Assert.True(missing.Length == 0, $"{id}: {string.Join(", ", missing)} not computed");
            compared++;
        }

        Assert.Equal(cases, compared);
    }

    private static Dictionary<string, object> Compute(string metric, JsonElement inputs)
    {
        int[] Ints(string name) => [.. inputs.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
        double[] Doubles(string name) => [.. inputs.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
        return metric switch
        {
            "accuracy" => new() { ["value"] = ClassificationScores.Accuracy(Ints("labels"), Ints("predictions")) },
            "matthews_correlation" when inputs.TryGetProperty("confusion", out JsonElement confusion) => new() { ["value"] = OfConfusion(confusion) },
            "matthews_correlation" => new() { ["value"] = ClassificationScores.MatthewsCorrelation(Ints("labels"), Ints("predictions")) },
            "pearson" => new() { ["value"] = Correlation.Pearson(Doubles("x"), Doubles("y")) },
            "spearman" => new() { ["value"] = Correlation.Spearman(Doubles("x"), Doubles("y")) },
            "roc_auc" => new() { ["value"] = RankStatistics.AreaUnderRocCurve(Doubles("scores"), [.. Ints("labels").Select(label => label == 1)]) },
            "f1" => Named("", F1(inputs, Ints("labels"), Ints("predictions"))),
            "ranking" => Ranking(inputs),
            "entity_f1" => Entities(inputs),
            "squad_normalize" => new() { ["text"] = SquadAnswer.Normalize(inputs.GetProperty("text").GetString()!) },
            "squad_answer" => Answer(inputs),
            "squad_v1" => Squad1(inputs),
            _ => Squad2(inputs),
        };
    }

    // Rows are the truth, columns the predictions.
    private static double OfConfusion(JsonElement confusion)
    {
        var (labels, predictions) = (new List<int>(), new List<int>());
        foreach ((int row, JsonElement counts) in confusion.EnumerateArray().Index())
        {
            foreach ((int column, JsonElement count) in counts.EnumerateArray().Index())
            {
                labels.AddRange(Enumerable.Repeat(row, count.GetInt32()));
                predictions.AddRange(Enumerable.Repeat(column, count.GetInt32()));
            }
        }

        return ClassificationScores.MatthewsCorrelation([.. labels], [.. predictions]);
    }

    private static Dictionary<string, object> Named(string prefix, PrecisionRecall score) =>
        new() { [$"{prefix}precision"] = score.Precision, [$"{prefix}recall"] = score.Recall, [$"{prefix}f1"] = score.F1 };

    private static PrecisionRecall F1(JsonElement inputs, int[] labels, int[] predictions)
    {
        int[]? classes = inputs.TryGetProperty("classes", out JsonElement listed) ? [.. listed.EnumerateArray().Select(id => id.GetInt32())] : null;
        return inputs.GetProperty("average").GetString() switch
        {
            "binary" => ClassificationScores.Of(inputs.GetProperty("positive").GetInt32(), labels, predictions),
            "macro" => ClassificationScores.Macro(labels, predictions, classes),
            "micro" => ClassificationScores.Micro(labels, predictions, classes),
            _ => ClassificationScores.Weighted(labels, predictions, classes),
        };
    }

    private static Dictionary<string, object> Ranking(JsonElement inputs)
    {
        (IReadOnlyList<double>, IReadOnlyList<bool>)[] questions = [.. inputs.GetProperty("questions").EnumerateArray().Select(question => (
            (IReadOnlyList<double>)[.. question.GetProperty("scores").EnumerateArray().Select(score => score.GetDouble())],
            (IReadOnlyList<bool>)[.. question.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32() == 1)]))];
        var figures = new Dictionary<string, object>();
        foreach (TieRule ties in Enum.GetValues<TieRule>())
        {
            RankingScore score = RankingScore.Of(questions, ties);
            (figures["questions_used"], figures["questions_left_out"]) = (score.Questions, score.LeftOut);
            string rule = ties.ToString().ToLowerInvariant();
            figures[$"{rule}.map"] = score.MeanAveragePrecision;
            figures[$"{rule}.mrr"] = score.MeanReciprocalRank;
            figures[$"{rule}.precision_at_1"] = score.PrecisionAtOne;
        }

        return figures;
    }

    private static Dictionary<string, object> Entities(JsonElement inputs)
    {
        IReadOnlyList<string>[] Tags(string name) =>
            [.. inputs.GetProperty(name).EnumerateArray().Select(tags => (IReadOnlyList<string>)[.. tags.EnumerateArray().Select(tag => tag.GetString()!)])];
        TagScheme scheme = inputs.TryGetProperty("scheme", out JsonElement strict)
            ? strict.GetString() switch { "IOB1" => TagScheme.Iob1, "IOB2" => TagScheme.Iob2, _ => TagScheme.Iobes }
            : TagScheme.Conlleval;
        EntityScore score = EntityScore.Of(Tags("gold"), Tags("predicted"), scheme);
        Dictionary<string, object> figures = Named("", score.Micro);
        (figures["token_accuracy"], figures["macro_f1"]) = (score.TokenAccuracy, score.MacroF1);
        (figures["correct"], figures["gold_chunks"], figures["predicted_chunks"]) = (score.Correct, score.Gold, score.Predicted);
        foreach ((string type, (PrecisionRecall of, int gold)) in score.ByType)
        {
            foreach ((string name, object value) in Named($"by_type.{type}.", of)) figures[name] = value;
            figures[$"by_type.{type}.gold_chunks"] = gold;
        }

        figures["gold_spans"] = Spans(Tags("gold"), scheme);
        figures["predicted_spans"] = Spans(Tags("predicted"), scheme);
        return figures;
    }

    private static string Spans(IReadOnlyList<string>[] sequences, TagScheme scheme) => JsonSerializer.Serialize(
        sequences.Select(tags => TagChunk.Of(tags, scheme).Select(chunk => new object[] { chunk.First, chunk.Last, chunk.Type })));

    private static Dictionary<string, object> Answer(JsonElement inputs)
    {
        string prediction = inputs.GetProperty("prediction").GetString()!;
        string[] answers = [.. inputs.GetProperty("answers").EnumerateArray().Select(answer => answer.GetString()!)];
        var ((exact1, f1), (exact2, f2)) = (SquadAnswer.Of(prediction, answers), SquadAnswer.OfOptional(prediction, answers));
        return new() { ["v1.exact_match"] = exact1 ? 1 : 0, ["v1.f1"] = f1, ["v2.exact"] = exact2 ? 1 : 0, ["v2.f1"] = f2 };
    }

    private static Dictionary<string, object> Squad1(JsonElement inputs)
    {
        SquadScore score = SquadScore.Of(Questions(inputs), Predictions(inputs));
        return new() { ["exact_match"] = score.Exact, ["f1"] = score.F1 };
    }

    private static Dictionary<string, object> Squad2(JsonElement inputs)
    {
        var (questions, predictions) = (Questions(inputs), Predictions(inputs));
        Dictionary<string, double>? noAnswer = inputs.TryGetProperty("no_answer_probabilities", out JsonElement given)
            ? given.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetDouble())
            : null;
        double threshold = inputs.TryGetProperty("threshold", out JsonElement limit) ? limit.GetDouble() : 1;
        (SquadScore all, SquadScore has, SquadScore no) = SquadScore.OfOptional(questions, predictions, noAnswer, threshold);
        Dictionary<string, object> figures = new()
        {
            ["exact"] = all.Exact,
            ["f1"] = all.F1,
            ["total"] = all.Total,
            ["HasAns_exact"] = has.Exact,
            ["HasAns_f1"] = has.F1,
            ["HasAns_total"] = has.Total,
            ["NoAns_exact"] = no.Exact,
            ["NoAns_f1"] = no.F1,
            ["NoAns_total"] = no.Total,
        };
        if (noAnswer is null) return figures;
        var exact = SquadScore.BestThreshold(questions, predictions, noAnswer, score => score.Exact ? 1 : 0);
        var f1 = SquadScore.BestThreshold(questions, predictions, noAnswer, score => score.F1);
        (figures["best_exact"], figures["best_exact_thresh"], figures["best_f1"], figures["best_f1_thresh"]) = (exact.Best, exact.Threshold, f1.Best, f1.Threshold);
        return figures;
    }

    private static (string, IReadOnlyList<string>)[] Questions(JsonElement inputs) => [.. inputs.GetProperty("questions").EnumerateArray().Select(question => (
        question.GetProperty("id").GetString()!,
        (IReadOnlyList<string>)[.. question.GetProperty("answers").EnumerateArray().Select(answer => answer.GetString()!)]))];

    private static Dictionary<string, string> Predictions(JsonElement inputs) =>
        inputs.GetProperty("predictions").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString()!);

    private static JsonElement? Find(JsonElement expected, string path)
    {
        foreach (string key in path.Split('.'))
        {
            if (!expected.TryGetProperty(key, out expected)) return null;
            if (expected.ValueKind == JsonValueKind.Array) return JsonSerializer.SerializeToElement(JsonSerializer.Serialize(expected));
        }

        return expected;
    }

    private static IEnumerable<string> Leaves(JsonElement expected, string prefix) => expected.EnumerateObject().SelectMany(item =>
        item.Value.ValueKind == JsonValueKind.Object ? Leaves(item.Value, $"{prefix}{item.Name}.") : [$"{prefix}{item.Name}"]);
}
