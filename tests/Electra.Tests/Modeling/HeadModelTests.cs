using Electra.Configuration;
using Electra.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class HeadModelTests
{
    private static readonly ElectraConfig Config = TinyConfig.Value;

    private static readonly Func<ElectraHeadModel>[] Heads =
    [
        () => new ElectraForMaskedLM(Config), () => new ElectraForPreTraining(Config), () => new ElectraForSequenceClassification(Config),
        () => new ElectraForTokenClassification(Config), () => new ElectraForQuestionAnswering(Config), () => new ElectraForMultipleChoice(Config),
    ];

    /// <summary>The order of an optimizer's buffers and of checkpoints, which state dictionaries compared as sets do not show.</summary>
    [Fact]
    public void The_encoder_comes_first_among_the_parameters_then_the_head()
    {
        using var encoder = new ElectraModel(Config);
        string[] expected = [.. encoder.named_parameters().Select(item => "electra." + item.name)];
        foreach (Func<ElectraHeadModel> make in Heads)
        {
            using ElectraHeadModel model = make();
            string[] names = [.. model.named_parameters().Select(item => item.name)];
            Assert.Equal(expected, names[..expected.Length]);
            Assert.DoesNotContain(names[expected.Length..], name => name.StartsWith("electra.", StringComparison.Ordinal));
            Assert.True(names.Length > expected.Length);
        }
    }

    [Fact]
    public void What_is_set_on_a_model_is_set_on_its_encoder()
    {
        foreach (Func<ElectraHeadModel> make in Heads)
        {
            using ElectraHeadModel model = make();
            (model.ComputeDtype, model.UseFusedKernels, model.RecomputeActivations) = (ScalarType.BFloat16, false, true);
            ElectraModel encoder = model.Electra;
            Assert.Equal((ScalarType.BFloat16, false, true), (encoder.ComputeDtype, encoder.UseFusedKernels, encoder.RecomputeActivations));
            Assert.Equal((ScalarType.BFloat16, false, true), (model.ComputeDtype, model.UseFusedKernels, model.RecomputeActivations));
            Assert.Same(encoder.Config, model.Config);
            Assert.Equal(DeviceType.CPU, model.Device.type);
            encoder.PacksTokens = true;
            Assert.True(model.CanPack);
            model.RestartDropout(11);
            Assert.Equal(new DropoutStream(11).NextSeed(), encoder.Dropout.NextSeed());
            model.eval();
            Assert.All(model.modules(), module => Assert.False(module.training));
        }
    }

    [Fact]
    public void Every_fused_part_of_a_network_is_told_where_gradients_go()
    {
        using var discriminator = new ElectraForPreTraining(Config);
        using var generator = new ElectraForMaskedLM(Config);

        static string[] Told(ElectraHeadModel model) =>
            [.. model.modules().OfType<IAddsGradients>().Select(module => module.GetType().Name).Order(StringComparer.Ordinal)];
        Assert.Equal([nameof(DetectionHead), nameof(ElectraEmbeddings), nameof(ElectraEncoder)], Told(discriminator));
        Assert.Equal([nameof(ElectraEmbeddings), nameof(ElectraEncoder)], Told(generator)); // the decoder is the model's own business
    }
}
