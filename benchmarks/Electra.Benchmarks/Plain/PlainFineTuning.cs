using System.Diagnostics;
using Electra.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Functional = TorchSharp.torch.nn.functional;

namespace Electra.Benchmarks.Plain;

/// <summary>Fine-tunes a classifier by libtorch's optimizer and random numbers, an ordinary loop.</summary>
/// <param name="texts">What it learns and is judged by.</param>
/// <param name="recipe">How.</param>
internal sealed class PlainFineTuning(PlainTexts texts, PlainRecipe recipe)
{
    private const int TextsOfAPass = 64;

    /// <summary>Trains one classifier; the seed draws its head, its order of texts and its dropout.</summary>
    public PlainOutcome Run(string folder, int seed, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        manual_seed(seed);
        using var classifier = new PlainClassifier(folder, texts.Classes, seed);
        IGrouping<int, Parameter>[] groups = [.. classifier.ByDepth];
        AdamW.ParamGroup[] rates = [.. groups.Select(group => new AdamW.ParamGroup(group, new AdamW.Options { LearningRate = 0, beta1 = 0.9, beta2 = 0.999, eps = 1e-6, weight_decay = 0 }))];
        using AdamW optimizer = optim.AdamW(rates, lr: 0, beta1: 0.9, beta2: 0.999, eps: 1e-6, weight_decay: 0);
        long updates = (texts.Training.Count + recipe.BatchSize - 1) / recipe.BatchSize * recipe.Epochs, step = 0;
        double loss = 0;
        for (int epoch = 0; epoch < recipe.Epochs; epoch++)
        {
            loss = 0;
            foreach (int[] batch in Order().Chunk(recipe.BatchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach ((int group, optim.ILearningRateController rate) in optimizer.ParamGroups.Index())
                    rate.LearningRate = recipe.RateOf(step, updates) * Math.Pow(recipe.LayerDecay, groups[group].Key);
                loss += Update(classifier, optimizer, [.. batch.Select(i => texts.Training[i])]) * batch.Length / texts.Training.Count;
                step++;
            }
        }

        return Judge(classifier, loss, watch);
    }

    private static double Update(PlainClassifier classifier, AdamW optimizer, IReadOnlyList<(long[] Ids, long Class)> batch)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        Tensor loss = Functional.cross_entropy(classifier.Forward([.. batch.Select(text => text.Ids)], dropsOut: true), tensor(batch.Select(text => text.Class).ToArray()));
        loss.backward();
        nn.utils.clip_grad_norm_(classifier.Weights.Values, 1);
        optimizer.step();
        return loss.item<float>();
    }

    private int[] Order()
    {
        using Tensor order = randperm(texts.Training.Count);
        return [.. order.data<long>().Select(place => (int)place)];
    }

    private PlainOutcome Judge(PlainClassifier classifier, double trainingLoss, Stopwatch watch)
    {
        using var noGradient = no_grad();
        (long[] Ids, long Class)[] sorted = [.. texts.Development.OrderBy(text => text.Ids.Length)];
        var predictions = new List<int>();
        double loss = 0;
        foreach ((long[] Ids, long Class)[] pass in sorted.Chunk(TextsOfAPass))
        {
            using var scope = NewDisposeScope();
            Tensor logits = classifier.Forward([.. pass.Select(text => text.Ids)], dropsOut: false);
            loss += Functional.cross_entropy(logits, tensor(pass.Select(text => text.Class).ToArray()), reduction: nn.Reduction.Sum).item<float>();
            predictions.AddRange(logits.argmax(1).data<long>().Select(best => (int)best));
        }

        int[] labels = [.. sorted.Select(text => (int)text.Class)], predicted = [.. predictions];
        return new PlainOutcome(
            trainingLoss, loss / sorted.Length, ClassificationScores.Accuracy(labels, predicted), ClassificationScores.MatthewsCorrelation(labels, predicted), watch.Elapsed);
    }
}
