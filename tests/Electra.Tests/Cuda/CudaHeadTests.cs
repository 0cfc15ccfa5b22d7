using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Cuda;

public class CudaHeadTests
{
    private static readonly ElectraConfig Labelled = TinyConfig.Value.WithLabels(2);

    [SkippableTheory]
    [InlineData("detection")]
    [InlineData("sequence")]
    [InlineData("tokens")]
    [InlineData("answers")]
    [InlineData("choices")]
    public void A_head_gives_on_the_gpu_what_it_gives_on_the_cpu(string head)
    {
        Device device = CudaDevice.Require();
        using DisposeScope scope = NewDisposeScope();
        Tensor Logits(Device where)
        {
            Tensor ids = TinyConfig.Ids(4, 9).to(where), mask = arange(9).lt(tensor([9, 4, 7, 2]).unsqueeze(1)).to(ScalarType.Int64).to(where);
            switch (head)
            {
                case "detection":
                    using (var model = Judging(new ElectraForPreTraining(Labelled, where, seed: 5))) return model.forward(ids, mask);
                case "sequence":
                    using (var model = Judging(new ElectraForSequenceClassification(Labelled, where, seed: 5))) return model.forward(ids, mask);
                case "tokens":
                    using (var model = Judging(new ElectraForTokenClassification(Labelled, where, seed: 5))) return model.forward(ids, mask);
                case "answers":
                    using (var model = Judging(new ElectraForQuestionAnswering(Labelled, where, seed: 5)))
                    {
                        (Tensor start, Tensor end) = model.forward(ids, mask);
                        return stack([start, end]);
                    }

                default:
                    using (var model = Judging(new ElectraForMultipleChoice(Labelled, where, seed: 5)))
                        return model.forward(ids.view(2, 2, 9), mask.view(2, 2, 9));
            }
        }

        Tensor expected = Logits(CPU);
        Assert.True(expected.std().item<float>() > 1e-3, "logits that are all alike would compare nothing");
        CudaDevice.IsClose(expected, Logits(device), 1e-3);
    }

    private static TModule Judging<TModule>(TModule model)
        where TModule : nn.Module
    {
        model.eval();
        return model;
    }
}
