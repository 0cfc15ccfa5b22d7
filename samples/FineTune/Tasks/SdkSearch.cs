using Electra.FineTuning;
using Electra.Inference;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.FineTune.Tasks;

/// <summary>
/// What every machine with the .NET SDK has to learn a search from: the words of a member's name are the query, its summary is the passage that answers it.
/// </summary>
internal static class SdkSearch
{
    private const int MostQueries = 4000, MostDevQueries = 400, Others = 7, DevOthers = 19, MostPairs = 20_000, MostDevPairs = 1000;
    private const string Source = "the SDK's documentation", HeldOut = "held-out types";

    /// <summary>A re-ranker's: passages that don't answer are what BM25 finds for the name in the same assembly.</summary>
    /// <exception cref="UsageException">The SDK's documentation is not there.</exception>
    public static RankingTask Ranking(RankingLoss loss)
    {
        SdkQuestions questions = Questions();
        return new RankingTask("sdk-search", Examples(questions, isHeldOut: false, MostQueries, Others), [(HeldOut, Examples(questions, isHeldOut: true, MostDevQueries, DevOthers))])
        {
            Loss = loss,
        };
    }

    /// <summary>An encoder's: names and summaries that belong together shall have like vectors.</summary>
    /// <param name="layer">The layer whose vectors are learned; null: the last.</param>
    /// <exception cref="UsageException">The SDK's documentation is not there.</exception>
    public static EmbeddingTask Embedding(int? layer)
    {
        SdkQuestions questions = Questions();
        return new EmbeddingTask("sdk-embedding", EmbeddingLoss.InfoNce, Pairs(isHeldOut: false, MostPairs), [(HeldOut, Pairs(isHeldOut: true, MostDevPairs))])
        {
            Embedding = new() { Layer = layer },
        };

        ExampleSet<TextExample> Pairs(bool isHeldOut, int most) => new(Source,
            [.. questions.Of(isHeldOut, most).Select(question => new TextExample(question.Query, questions.Passages[question.Answers.First()].Text))], []);
    }

    /// <summary>Queries, each with an answer and the best other passages of its assembly.</summary>
    public static ExampleSet<RankingExample> Examples(SdkQuestions questions, bool isHeldOut, int most, int others)
    {
        (int Passage, string Text, string Assembly)[] passages = [.. questions.Passages.Select((passage, i) => (i, passage.Text, passage.Assembly))];
        Dictionary<string, (Bm25 Search, int[] Numbers)> assemblies = passages.GroupBy(passage => passage.Assembly).ToDictionary(
            own => own.Key, own => (new Bm25([.. own.Select(passage => passage.Text)]), own.Select(passage => passage.Passage).ToArray()));
        var examples = new List<RankingExample>();
        foreach ((string query, IReadOnlySet<int> answers) in questions.Of(isHeldOut, most))
        {
            int answer = answers.First();
            (Bm25 search, int[] numbers) = assemblies[passages[answer].Assembly];
            int[] wrong = [.. search.Rank(query, others + answers.Count).Select(found => numbers[found.Index]).Where(number => !answers.Contains(number)).Take(others)];
            if (wrong.Length > 0) examples.Add(new RankingExample(query, [.. wrong.Prepend(answer).Select(number => passages[number].Text)], [true, .. wrong.Select(_ => false)]));
        }

        return new(Source, examples, []);
    }

    private static SdkQuestions Questions() => new((SdkDocumentation.Find() ?? throw new UsageException(
        "The .NET SDK's reference documentation was not found on this machine; give examples of your own: --task ranking, --train and --dev.")).ReadMembers());
}
