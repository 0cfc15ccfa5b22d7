using Electra.Configuration;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Tests.Modeling;
using Electra.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Onnx;

/// <summary>What ONNX Runtime says of an exported model is what the model itself says.</summary>
public sealed class OnnxParityTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly TemporaryFolder _folder = new();
    private readonly IDisposable _noGradient = no_grad();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _noGradient.Dispose();
        _folder.Dispose();
    }

    // Weights large enough that a wrong activation, mask or table shows.
    private static ElectraConfig Config => TinyConfig.Value with { InitializerRange = 0.3 };

    [Fact]
    public void An_encoder()
    {
        using var model = new ElectraModel(Config, seed: 1);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)]);
    }

    [Fact]
    public void A_discriminator()
    {
        using var model = new ElectraForPreTraining(Config, seed: 2);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)]);
    }

    private void Check<TModel>(TModel model, Func<Tensor, Tensor?, Tensor?, Tensor[]> forward, OnnxExportOptions? options = null, double tolerance = Tolerance)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        model.eval();
        string path = _folder.File("model.onnx");
        model.ExportOnnx(path, options);
        using var run = new OnnxRun(path);
        foreach ((Tensor ids, Tensor? mask, Tensor? types) in Batches.Of(model.Config))
        {
            Tensor[] expected = forward(ids, mask, types), got = run.Run(ids, mask, types);
            Assert.Equal(expected.Length, got.Length);
            foreach ((Tensor wanted, Tensor seen) in expected.Zip(got))
            {
                Assert.Equal(wanted.shape, seen.shape);
                Assert.True((wanted - seen).abs().max().item<float>() < tolerance, $"off by {(wanted - seen).abs().max().item<float>()} of {wanted.abs().max().item<float>()}");
            }
        }
    }
}
