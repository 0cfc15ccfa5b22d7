using Electra.FineTuning;
using Electra.Inference;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.FineTune.Tasks;

/// <summary>
/// A ranking that every machine with the .NET SDK has: the words of a member's name are the query, its summary the passage that answers it, and what BM25
/// finds for the name in the same assembly the passages that don't.
/// </summary>
internal static class SdkSearch
{
    private const int MostQueries = 4000, MostDevQueries = 400, Others = 7, DevOthers = 19;

    /// <summary>The task.</summary>
    /// <exception cref="UsageException">The SDK's documentation is not there, or <paramref name="loss"/> is none of a ranking.</exception>
    public static RankingTask Task(RankingLoss loss)
    {
        SdkDocumentation documentation = SdkDocumentation.Find() ?? throw new UsageException(
            "The .NET SDK's reference documentation was not found on this machine; give examples of your own: --task ranking, --train and --dev.");
        var questions = new SdkQuestions(documentation.ReadMembers());
        return new RankingTask("sdk-search", Examples(questions, isHeldOut: false, MostQueries, Others), [("held-out types", Examples(questions, isHeldOut: true, MostDevQueries, DevOthers))])
        {
            Loss = loss,
        };
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

        return new("the SDK's documentation", examples, []);
    }
}
