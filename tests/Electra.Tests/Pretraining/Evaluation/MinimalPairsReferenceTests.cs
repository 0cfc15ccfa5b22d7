using System.Text.Json;
using Electra.Checkpoints;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Pretraining.Evaluation;

/// <summary>Minimal pairs as Hugging Face's classes judge them, with the same small model.</summary>
public class MinimalPairsReferenceTests
{
    private static readonly string[] Judged = ["adjunct_island", "anaphor_gender_agreement", "wh_island"];

    [SkippableFact]
    public void Accuracies_are_those_of_the_reference()
    {
        JsonElement reference = Reference().GetProperty("paradigms");
        MinimalPairs all = MinimalPairs.Read(ReferenceData.Data("blimp/BLiMP.zip"));
        Assert.Equal(reference.EnumerateObject().Select(paradigm => paradigm.Name).Order(StringComparer.Ordinal), all.Paradigms.Select(paradigm => paradigm.Name));
        foreach (MinimalPairParadigm paradigm in all.Paradigms)
        {
            Assert.Equal(reference.GetProperty(paradigm.Name).GetProperty("term").GetString(), paradigm.Phenomenon);
            Assert.Equal(reference.GetProperty(paradigm.Name).GetProperty("pairs").GetInt32(), paradigm.Pairs.Count);
        }

        MinimalPairParadigm[] some = [.. all.Paradigms.Where(paradigm => Judged.Contains(paradigm.Name))];
        using ElectraForPreTraining discriminator = ElectraForPreTraining.FromPretrained(ReferenceData.Model("wiki-mini/discriminator"));
        using ElectraForMaskedLM generator = ElectraForMaskedLM.FromPretrained(ReferenceData.Model("wiki-mini/generator"));
        Assert.Empty(Differences(some, int.MaxValue, Detection(discriminator).Sum, "detection_sum"));
        Assert.Empty(Differences(some, int.MaxValue, Detection(discriminator).Mean, "detection_mean"));
        Assert.Empty(Differences(some, 150, new PseudoLogLikelihoodScorer(generator, Tokenizer().SpecialTokens).Score, "pseudo_log_likelihood_150"));

        IEnumerable<string> Differences(IEnumerable<MinimalPairParadigm> judged, int most, SentenceScorer scorer, string name) =>
            new MinimalPairs([.. judged.Select(paradigm => paradigm with { Pairs = [.. paradigm.Pairs.Take(most)] })]).Run(Tokenizer(), scorer).Paradigms
                .Select(score => (score, expected: reference.GetProperty(score.Name).GetProperty(name).GetDouble()))
                .Where(pair => Math.Abs((pair.expected * pair.score.Pairs) - pair.score.Right) > 2)
                .Select(pair => $"{name} {pair.score.Name}: {pair.score.Accuracy}, not {pair.expected}");
    }

    [SkippableFact]
    public void Scores_are_those_of_the_reference()
    {
        JsonElement[] examples = [.. Reference().GetProperty("examples").EnumerateArray()];
        int[][] sentences = [.. examples.SelectMany(example => new[] { Ids(example, "good"), Ids(example, "bad") })];
        using ElectraForPreTraining discriminator = ElectraForPreTraining.FromPretrained(ReferenceData.Model("wiki-mini/discriminator"));
        using ElectraForMaskedLM generator = ElectraForMaskedLM.FromPretrained(ReferenceData.Model("wiki-mini/generator"));
        RequireScores(Detection(discriminator).Sum(sentences), "detection_sum");
        RequireScores(Detection(discriminator).Mean(sentences), "detection_mean");
        RequireScores(new PseudoLogLikelihoodScorer(generator, Tokenizer().SpecialTokens).Score(sentences), "pseudo_log_likelihood");

        static int[] Ids(JsonElement example, string which) => [.. Tokenizer().EncodeToIds(example.GetProperty(which).GetString()!)];

        void RequireScores(IReadOnlyList<double> scores, string name)
        {
            double[] expected = [.. examples.SelectMany(example => example.GetProperty(name).EnumerateArray().Select(score => score.GetDouble()))];
            Assert.Equal(expected.Length, scores.Count);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], scores[i], 1e-4);
        }
    }

    private static JsonElement Reference() =>
        JsonElement.Parse(File.ReadAllText(ReferenceData.Fixture("without-labels/blimp.json")));

    private static ElectraTokenizer Tokenizer() => ElectraTokenizer.FromPretrained(ReferenceData.Model("wiki-mini/discriminator"));

    private static SentenceDetectionScorer Detection(ElectraForPreTraining discriminator)
    {
        SpecialTokens special = Tokenizer().SpecialTokens;
        return new SentenceDetectionScorer(new DiscriminatorScorer(discriminator, special.ClsId, special.SepId, batchSize: 128).Score);
    }
}
