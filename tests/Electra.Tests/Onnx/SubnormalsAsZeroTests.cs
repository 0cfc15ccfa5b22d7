using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Electra.Inference;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Tests.Support;

namespace Electra.Tests.Onnx;

/// <summary>A thread that asks ONNX Runtime calculates with the smallest numbers as it did before.</summary>
public sealed class SubnormalsAsZeroTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void They_are_zero_in_between_and_numbers_again_afterwards()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is System.Runtime.InteropServices.Architecture.X64, "elsewhere nothing is set");
        Assert.NotEqual(0, Tenth(1.5e-38f));
        using (SubnormalsAsZero.Begin())
        {
            Assert.Equal(0, Tenth(1.5e-38f));
            using (SubnormalsAsZero.Begin()) Assert.Equal(0, Tenth(1.5e-38f));
            Assert.Equal(0, Tenth(1.5e-38f));
            Assert.Equal(0.15f, Tenth(1.5f), 6);
        }

        Assert.NotEqual(0, Tenth(1.5e-38f));
    }

    [Fact]
    public void A_predictor_leaves_its_callers_arithmetic_alone()
    {
        string folder = TinyHead.Write<ElectraForSequenceClassification>(_folder, config => config);
        using TextClassifier classifier = TextClassifier.FromOnnx(folder);
        Assert.NotEqual(0, Tenth(1.5e-38f));
        Assert.Equal(2, classifier.Predict(["so", "the book is very poor , ada ."]).Count);
        Assert.NotEqual(0, Tenth(1.5e-38f));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Tenth(float number) => number * 0.1f;
}
