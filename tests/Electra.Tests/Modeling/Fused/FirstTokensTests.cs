using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

public class FirstTokensTests
{
    private static readonly ElectraConfig Config = ElectraConfig.Tiny with { VocabSize = 99, NumHiddenLayers = 3, IntermediateSize = 512 };

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 2e-2)]
    public void They_come_out_as_they_do_among_all_tokens(ScalarType dtype, double tolerance)
    {
        foreach (ElectraConfig config in new[] { Config, Config with { NumHiddenLayers = 1 } })
        {
            foreach (bool prepared in new[] { false, true })
            {
                using var scope = NewDisposeScope();
                using var noGradient = no_grad();
                using var model = new ElectraModel(config) { ComputeDtype = dtype, IsInferenceOnly = prepared };
                model.eval();
                foreach ((int batch, int tokens) in new[] { (1, 16), (3, 9), (4, 1), (1, 1), (16, 256) }) // the last is cut into parts
                {
                    Tensor ids = TinyConfig.Ids(batch, tokens), mask = ones_like(ids);
                    if (tokens > 2) mask[0, ^2..] = 0;
                    Tensor all = model.forward(ids, mask), first = First(model, ids, mask);
                    Assert.Equal([batch, 1, config.HiddenSize], first.shape);
                    Near.Assert(all.narrow(1, 0, 1).to(ScalarType.Float32), first.to(ScalarType.Float32), tolerance, $"{batch} x {tokens}, prepared: {prepared}");
                }
            }
        }
    }

    [Fact]
    public void Where_more_is_needed_all_tokens_come_out()
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraModel(Config);
        Tensor ids = TinyConfig.Ids(2, 8);
        Assert.Equal(8, First(model, ids, null).size(1)); // there may be a backward pass
        using var noGradient = no_grad();
        Assert.Equal(8, First(model, ids, null).size(1)); // dropout numbers all rows
        model.eval();
        Assert.Equal(1, First(model, ids, null).size(1));
        model.UseFusedKernels = false;
        Assert.Equal(8, First(model, ids, null).size(1));
    }

    [Fact]
    public void Heads_that_read_them_alone_give_what_they_give_on_all_tokens()
    {
        using var scope = NewDisposeScope();
        using var classifier = new ElectraForSequenceClassification(Config);
        using var chooser = new ElectraForMultipleChoice(Config);
        classifier.eval();
        chooser.eval();
        Tensor ids = TinyConfig.Ids(4, 9);
        Tensor[] all = [classifier.forward(ids), chooser.forward(ids.view(2, 2, 9))]; // with gradients
        using var noGradient = no_grad();
        Near.Assert(all[0], classifier.forward(ids), 1e-5, "classes");
        Near.Assert(all[1], chooser.forward(ids.view(2, 2, 9)), 1e-5, "choices");
    }

    private static Tensor First(ElectraModel model, Tensor ids, Tensor? mask) => model.Encode(ids, mask, null, null, null, null, firstOnly: true);
}
