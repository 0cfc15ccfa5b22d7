using Electra.Benchmarks.Plain;
using Electra.Checkpoints;
using Electra.FineTuning;
using Electra.Modeling;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using Electra.Tokenization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Benchmarks.Plain;

/// <summary>The classifier of libtorch's operators alone is the one of the library, and learns.</summary>
public sealed class PlainFineTuningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_network_is_the_librarys()
    {
        using var scope = NewDisposeScope();
        string encoder = TinyEncoder.Write(_folder);
        using var plain = new PlainClassifier(encoder, classes: 3, seed: 5);
        ElectraForPreTraining pretrained = ElectraForPreTraining.FromPretrained(encoder);
        using var model = new ElectraForSequenceClassification(pretrained.Config.WithLabels(3), seed: 1);
        model.eval();
        using (no_grad())
        {
            foreach ((string name, Parameter weight) in model.named_parameters())
                weight.copy_(plain.Weights[name.Replace("electra.", "", StringComparison.Ordinal).Replace("classifier.", "head.", StringComparison.Ordinal).Replace("out_proj", "output", StringComparison.Ordinal)]);
        }

        Assert.Equal(plain.Weights.Count, model.named_parameters().Count());
        long[][] texts = [[2, 7, 8, 9, 3], [2, 11, 3]];
        Tensor ids = tensor(texts.SelectMany(text => text.Concat(Enumerable.Repeat(0L, 5 - text.Length))).ToArray(), [2, 5]);
        Tensor expected = model.forward(ids, ids.ne(Electra.Native.Scalars.Of(0)).to(ScalarType.Int64)), actual = plain.Forward(texts, dropsOut: false);
        Assert.Equal(0, (expected - actual).abs().max().item<float>(), 1e-5);
        Assert.NotEqual(0, (plain.Forward(texts, dropsOut: true) - actual).abs().max().item<float>(), 1e-3);
        pretrained.Dispose();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0.5)]
    [InlineData(10, 1)]
    [InlineData(55, 0.5)]
    [InlineData(100, 0)]
    public void Its_rate_rises_for_a_tenth_and_falls_to_0(long step, double share) => Assert.Equal(share * 2e-3, new PlainRecipe(3, 2e-3, 0.8).RateOf(step, 100), 1e-12);

    [Fact]
    public void It_learns_what_is_easy_and_a_seed_gives_the_same_again()
    {
        string encoder = TinyEncoder.Write(_folder), table = _folder.File("table.csv");
        File.WriteAllLines(table, TinyEncoder.Sentences(96).Examples.Select(example => $"{example.Text},{example.Labels[0]}").Prepend("text,label"));
        PlainTexts texts = PlainTexts.Read(table, table, new TableColumns("text", "label"), hasHeader: true, ElectraTokenizer.FromPretrained(encoder), maxLength: 32);
        Assert.Equal((96, 96, 2), (texts.Training.Count, texts.Development.Count, texts.Classes));
        var tuning = new PlainFineTuning(texts, new PlainRecipe(Epochs: 12, LearningRate: 3e-3, LayerDecay: 0.8));
        PlainOutcome first = tuning.Run(encoder, seed: 0, CancellationToken.None), again = tuning.Run(encoder, seed: 0, CancellationToken.None);
        Assert.InRange(first.Accuracy, 0.9, 1);
        Assert.InRange(first.DevelopmentLoss, 0, 0.65); // guessing: 0.69
        Assert.Equal(first with { Time = again.Time }, again);
        Assert.NotEqual(first.DevelopmentLoss, tuning.Run(encoder, seed: 1, CancellationToken.None).DevelopmentLoss);
    }
}
