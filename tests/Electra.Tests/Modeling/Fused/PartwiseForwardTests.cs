using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

public class PartwiseForwardTests
{
    private static readonly ElectraConfig Config = ElectraConfig.Tiny with { VocabSize = 99, NumHiddenLayers = 2 };

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 2e-2)]
    public void Parts_of_a_batch_give_what_the_whole_batch_gives(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraModel(Config) { ComputeDtype = dtype };
        const int batch = 16, tokens = 256;
        Tensor ids = arange(batch * tokens, ScalarType.Int64).remainder(99).view(batch, tokens), mask = ones([batch, tokens], ScalarType.Int64);
        mask.narrow(1, 200, 56).narrow(0, 3, 9).zero_();
        int threads = get_num_threads();
        foreach (bool training in new[] { false, true }) // with dropout, and a part knows which rows of the masks are its own
        {
            model.train(training);
            try
            {
                set_num_threads(2);
                Tensor inParts = Forward();
                set_num_threads(5); // more than there are parts
                Near.Assert(Forward(), inParts, tolerance, $"training {training}");
            }
            finally
            {
                set_num_threads(threads);
            }
        }

        Tensor Forward()
        {
            model.Dropout.Restart(5);
            return model.forward(ids, mask).to(ScalarType.Float32);
        }
    }

    [Theory]
    [InlineData(16, 256, 4)]
    [InlineData(4, 256, 0)]   // one part is none
    [InlineData(15, 256, 0)]  // not in equal parts
    [InlineData(4, 2048, 4)]  // a sequence at least
    [InlineData(32, 128, 4)]
    public void A_batch_is_cut_into_parts_of_about_a_thousand_rows(int batch, int tokens, int parts)
    {
        var shape = new EncoderShape(batch, tokens, 32, 2, 64, 1, ScalarType.Float32, ActivationKeeping.None);
        using var workspace = new EncoderWorkspace(shape);
        Assert.Equal(parts, workspace.Ranges.Count);
        Assert.Equal(parts == 0 ? 0 : batch, workspace.Ranges.Sum(range => range.Count));
    }
}
