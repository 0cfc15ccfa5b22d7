using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;
using Electra.Tests.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>Two-stage training (Clark et al. 2020, section 3.3) by the library's parts: a masked LM first, then a discriminator from its weights beside it, frozen.</summary>
public class TwoStagesTests
{
    private static readonly ElectraConfig Config = SyntheticCorpus.Config() with { HiddenSize = 64, IntermediateSize = 256, NumAttentionHeads = 1 };

    [Fact]
    public void A_discriminator_begins_as_its_generator_and_learns_while_that_stays_as_it_is()
    {
        using TemporaryFolder first = new(), second = new();
        Run(first, PretrainingRun.Options(first, steps: 60).AsMaskedLM(), null, _ => { }, model => model.LanguageModel.SavePretrained(first.File("generator")));

        PretrainingOptions options = PretrainingRun.Options(second, steps: 60) with { LogEvery = 10 };
        options = options with { Model = options.Model with { GeneratorSize = 1, EmbeddingSharing = EmbeddingSharing.None } };
        var recorder = new PretrainingRecorder();
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> before = [];
        Run(second, options, recorder, Prepare, Check);
        Assert.True(recorder.Reports[^1].Detection!.DiscriminatorLoss < recorder.Reports[0].Detection!.DiscriminatorLoss - 0.05);

        void Prepare(ElectraPretrainingModel model)
        {
            using (SafetensorsReader weights = SafetensorsReader.Open(first.File("generator/model.safetensors")))
            {
                foreach ((string name, Parameter parameter) in model.NamedParameters())
                {
                    string inFile = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
                    if (weights.Entries.ContainsKey(inFile)) weights.CopyInto(inFile, parameter);
                    if (IsGenerators(name)) parameter.requires_grad = false;
                }
            }

            foreach ((string name, Parameter parameter) in model.NamedParameters()) before.Add(name, parameter.detach().clone());
            string[] encoder = [.. before.Keys.Where(name => name.StartsWith("discriminator.electra.", StringComparison.Ordinal))];
            Assert.NotEmpty(encoder);
            Assert.All(encoder, name => Assert.True(IsEqual(before[name], before[name.Replace("discriminator.", "generator.", StringComparison.Ordinal)]), name));
        }

        void Check(ElectraPretrainingModel model)
        {
            foreach ((string name, Parameter parameter) in model.NamedParameters()) Assert.Equal(IsGenerators(name), IsEqual(before[name], parameter));
        }
    }

    private static bool IsGenerators(string name) => name.StartsWith("generator.", StringComparison.Ordinal);

    private static bool IsEqual(Tensor one, Tensor other) => one.eq(other).all().item<bool>();

    private static void Run(
        TemporaryFolder folder, PretrainingOptions options, IPretrainingObserver? observer, Action<ElectraPretrainingModel> prepare, Action<ElectraPretrainingModel> finish)
    {
        SyntheticCorpus.Write(folder.File("shards"));
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), options.Data);
        using var model = new ElectraPretrainingModel(Config, options.Model);
        prepare(model);
        using (var trainer = new PretrainingTrainer(model, data, options, observer)) trainer.Train();
        finish(model);
    }
}
