using System.Text.Json;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.Support;

namespace Electra.Tests.Inference;

/// <summary>Zero-shot sentiment as Hugging Face's classes score it, with the same small discriminator.</summary>
public class ZeroShotReferenceTests
{
    [SkippableFact]
    public void Logits_and_probabilities_are_those_of_the_reference()
    {
        JsonElement reference = Reference();
        JsonElement[] examples = [.. reference.GetProperty("examples").EnumerateArray()];
        string[] texts = [.. examples.Select(example => example.GetProperty("text").GetString()!)];
        using ZeroShotClassifier logits = Classifier(reference, PromptScoring.Logit), probabilities = Classifier(reference, PromptScoring.Probability);
        float[][] scored = logits.WordLogits([.. texts.Select(text => (text, (string?)null))]);
        IReadOnlyList<TextClassification> classified = probabilities.Predict(texts);
        foreach ((int i, JsonElement example) in examples.Index())
        {
            double[] expected = Numbers(example, "logits"), likely = Numbers(example, "probabilities");
            for (int word = 0; word < 2; word++)
            {
                Assert.Equal(expected[word], scored[i][word], 1e-4);
                Assert.Equal(likely[word], classified[i].Scores.Single(score => score.Label == logits.Prompt.Classes[word].Label).Score, 1e-4);
            }

            Assert.Equal(likely[1], probabilities.Between(texts[i]), 1e-4);
        }
    }

    [SkippableFact]
    public void Accuracies_are_those_of_the_reference()
    {
        JsonElement reference = Reference(), accuracy = reference.GetProperty("accuracy");
        TextTable dev = TextTable.Read(ReferenceData.Data("glue/SST-2/dev.tsv"), new TableColumns("sentence", "label"));
        using ZeroShotClassifier plain = Classifier(reference, PromptScoring.Logit), calibrated = Classifier(reference, PromptScoring.Logit, calibrate: true);
        Assert.Equal(accuracy.GetProperty("lowest_logit").GetDouble(), Accuracy(plain), 3e-3); // two texts of 872 may tie to rounding
        Assert.Equal(accuracy.GetProperty("calibrated_by_empty_text").GetDouble(), Accuracy(calibrated), 3e-3);

        double Accuracy(ZeroShotClassifier classifier) => classifier.Predict([.. dev.Set.Examples.Select(example => example.Text)])
            .Zip(dev.Set.Examples).Average(pair => pair.First.Label == (pair.Second.Labels[0] == "1" ? "great" : "terrible") ? 1.0 : 0);
    }

    private static JsonElement Reference() => JsonElement.Parse(File.ReadAllText(ReferenceData.Fixture("without-labels/zero-shot-sst2.json")));

    private static double[] Numbers(JsonElement example, string name) => [.. example.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];

    private static ZeroShotClassifier Classifier(JsonElement reference, PromptScoring scoring, bool calibrate = false)
    {
        string[] words = [.. reference.GetProperty("words").EnumerateArray().Select(word => word.GetString()!)];
        Prompt prompt = Prompt.Of(reference.GetProperty("template").GetString()!, words) with { Scoring = scoring, Calibrate = calibrate };
        return ZeroShotClassifier.FromPretrained(ReferenceData.Model("wiki-mini/discriminator"), prompt);
    }
}
