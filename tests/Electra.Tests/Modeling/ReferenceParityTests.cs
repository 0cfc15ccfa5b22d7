using Electra.Checkpoints;
using Electra.Modeling;
using Electra.Tests.Support;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

/// <summary>Outputs, losses and gradients against those of Hugging Face's models, for every reference folder there is.</summary>
public class ReferenceParityTests(ITestOutputHelper output)
{
    private const string GradientCase = "pad";

    public static TheoryData<string, bool> Folders() => WithBothPaths(ReferenceFolders.WithExpected());

    public static TheoryData<string, bool> FoldersWithGradients() =>
        WithBothPaths(ReferenceFolders.WithExpected()
            .Where(folder => ReferenceData.FindFixture($"{folder}/grads.safetensors") is not null));

    private static TheoryData<string, bool> WithBothPaths(IEnumerable<string> folders)
    {
        TheoryData<string, bool> data = [];
        foreach (string folder in folders.DefaultIfEmpty(string.Empty))
        {
            data.Add(folder, true);
            data.Add(folder, false);
        }

        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Every_case_gives_the_reference_outputs(string folder, bool fusedKernels)
    {
        Skip.If(folder.Length == 0, "no reference fixtures on this machine");
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        using ReferenceModel model = ReferenceModel.Load(ReferenceData.Fixture(folder));
        model.Encoder.UseFusedKernels = fusedKernels;
        using SafetensorsReader expected = SafetensorsReader.Open(ReferenceData.Fixture(folder + "/expected.safetensors"));
        string[] cases = [.. ReferenceFolders.Cases(expected)];
        Assert.NotEmpty(cases);
        foreach (string name in cases)
        {
            string[] outputs = [.. ReferenceFolders.Outputs(expected, name)];
            Tensor? Input(string argument) => ReferenceFolders.Input(expected, name, argument);
            Dictionary<string, Tensor> got = model.Run(Input);
            if (outputs.Any(o => o.Contains('.', StringComparison.Ordinal)))
            {
                foreach ((string key, Tensor state) in model.Run(Input, withStates: true)) got[$"states: {key}"] = state;
            }

            foreach (string wanted in outputs)
            {
                using Tensor reference = expected.ReadTensor(ReferenceFolders.Key("out", name, wanted));
                foreach (string key in new[] { wanted, $"states: {wanted}" }.Where(got.ContainsKey))
                    Compare(folder, name, key, got[key], reference, ReferenceTolerance.For(folder, name, wanted, reference));
                Assert.True(got.ContainsKey(wanted) || got.ContainsKey($"states: {wanted}"), $"{folder} {name}: no output {wanted}");
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(FoldersWithGradients))]
    public void Every_gradient_is_the_reference_gradient(string folder, bool fusedKernels)
    {
        Skip.If(folder.Length == 0, "no reference fixtures on this machine");
        using DisposeScope scope = NewDisposeScope();
        using ReferenceModel model = ReferenceModel.Load(ReferenceData.Fixture(folder));
        model.Encoder.UseFusedKernels = fusedKernels;
        using SafetensorsReader expected = SafetensorsReader.Open(ReferenceData.Fixture(folder + "/expected.safetensors"));
        using SafetensorsReader gradients = SafetensorsReader.Open(ReferenceData.Fixture(folder + "/grads.safetensors"));

        string name = ReferenceFolders.Cases(expected).Contains(GradientCase) ? GradientCase : string.Empty;
        model.Run(argument => ReferenceFolders.Input(expected, name, argument))["loss"].backward();

        var parameters = ParameterListing.Distinct((string.Empty, model.Module)).ToDictionary(item => item.Name, item => item.Parameter);
        Assert.Empty(gradients.Entries.Keys.Except(parameters.Keys));
        foreach (string key in gradients.Entries.Keys)
        {
            using Tensor reference = gradients.ReadTensor(key);
            double largest = reference.abs().max().item<float>();
            Compare(folder, name, key, parameters[key].grad!, reference, 1e-4 * Math.Max(1, largest));
        }
    }

    private void Compare(string folder, string name, string key, Tensor got, Tensor reference, double tolerance)
    {
        Tensor actual = got.detach().reshape(reference.shape);
        if (name == "edge_allmasked") (actual, reference) = (actual[0], reference[0]); // row 1 is informational
        Tensor bothNaN = actual.isnan().logical_and(reference.isnan()); // a mean over no label at all
        double difference = (actual - reference).abs().masked_fill(bothNaN, 0).max().item<float>();
        output.WriteLine($"{difference:E1} of {tolerance:E1}  {name} {key}");
        Assert.True(difference <= tolerance, $"{folder} {name} {key}: differs by {difference:E2}, allowed {tolerance:E2}");
    }
}
