using System.Text.Json;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>The joint step against reference numbers: losses, logits, gradients and the parameters after updates.</summary>
public class JointTrainingParityTests(ITestOutputHelper output)
{
    public static TheoryData<string> Sets => [.. Folders()];

    public static TheoryData<string, bool> Paths
    {
        get
        {
            var paths = new TheoryData<string, bool>();
            foreach (string set in Folders())
                foreach (bool fused in new[] { true, false }) paths.Add(set, fused);
            return paths;
        }
    }

    public static TheoryData<string, AdamWFlavor> Runs
    {
        get
        {
            var runs = new TheoryData<string, AdamWFlavor>();
            foreach (string set in Folders())
                foreach (AdamWFlavor flavor in Enum.GetValues<AdamWFlavor>()) runs.Add(set, flavor);
            return runs;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Paths))]
    public void Losses_logits_and_gradients_meet_the_reference(string set, bool fused)
    {
        using var scope = NewDisposeScope();
        using var run = new ReferenceRun(set);
        run.Model.UseFusedKernels = fused;
        using SafetensorsReader expected = SafetensorsReader.Open(run.File("expected.safetensors"));
        ElectraOutput actual = run.Forward(0);

        AssertRelative(expected, "mlm_loss", actual.MaskedLMLoss, 1e-5);
        AssertRelative(expected, "rtd_loss", actual.DiscriminatorLoss, 1e-5);
        AssertRelative(expected, "total_loss", actual.Loss, 1e-5);
        // A constant for all words cancels in the softmax, so log-probabilities are compared with those of the reference logits.
        Tensor logits = expected.ReadTensor("mlm_logits_at_masked_positions");
        Assert.Equal(fused, actual.Generation.LogProbabilities is null);
        if (!fused) AssertClose("mlm log-probabilities", logits.log_softmax(-1), actual.Generation.LogProbabilities!, 1e-4);
        AssertClose("rtd logits", expected.ReadTensor("rtd_logits"), actual.DiscriminatorLogits, 2e-5);

        actual.Loss.backward();
        AssertRelative(expected, "global_grad_norm", run.Parameters.GradientNorm(), 1e-5);
        using SafetensorsReader gradients = SafetensorsReader.Open(run.File("grads.safetensors"));
        Assert.Equal(gradients.Entries.Keys.Order(), run.Parameters.Entries.Select(e => e.Name).Order());
        foreach (FlatParameter entry in run.Parameters.Entries)
        {
            Tensor reference = gradients.ReadTensor(entry.Name);
            double tolerance = 1e-4 * Math.Max(1, reference.abs().max().item<float>());
            AssertClose($"gradient of {entry.Name}", reference, entry.View(run.Parameters.Gradients), tolerance, quiet: true);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Runs))]
    public void Parameters_after_one_and_three_updates_meet_the_reference(string set, AdamWFlavor flavor)
    {
        using var scope = NewDisposeScope();
        using var run = new ReferenceRun(set);
        using var optimizer = new FusedAdamW(run.Parameters, new AdamWOptions { Flavor = flavor });
        (string prefix, double tolerance) = flavor == AdamWFlavor.Google ? ("google", 2e-5) : ("torch_adamw", 1e-4);
        JsonElement steps = run.Meta.GetProperty(prefix).GetProperty("log_float32");
        for (int step = 0; step < 3; step++)
        {
            run.Parameters.ZeroGradients();
            ElectraOutput actual = run.Forward(step);
            actual.Loss.backward();
            double total = steps[step].GetProperty("total").GetDouble();
            Assert.Equal(total, actual.Loss.item<float>(), 1e-4 * total);
            optimizer.Step(0.01);
            string file = run.File($"{prefix}_params_step{step + 1}.safetensors");
            if (!System.IO.File.Exists(file)) continue;
            using SafetensorsReader expected = SafetensorsReader.Open(file);
            double worst = run.Parameters.Entries.Max(
                entry => (expected.ReadTensor(entry.Name) - entry.View(run.Parameters.Values)).abs().max().item<float>());
            output.WriteLine($"{set} {flavor} after {step + 1}: parameters differ by at most {worst:G3}");
            Assert.InRange(worst, 0, tolerance);
        }

        string slots = run.File("google_adam_m.safetensors");
        if (flavor != AdamWFlavor.Google || !System.IO.File.Exists(slots)) return;
        using SafetensorsReader first = SafetensorsReader.Open(slots);
        using SafetensorsReader second = SafetensorsReader.Open(run.File("google_adam_v.safetensors"));
        foreach ((string name, Tensor value) in optimizer.State().Where(s => s.Name != "step"))
        {
            string parameter = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
            bool isFirst = name.StartsWith("exp_avg.", StringComparison.Ordinal);
            AssertClose(name, (isFirst ? first : second).ReadTensor(parameter), value, isFirst ? 1e-6 : 1e-7, quiet: true);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Sets))]
    public void A_step_does_not_depend_on_the_cut_into_micro_batches(string set)
    {
        using var scope = NewDisposeScope();
        using var run = new ReferenceRun(set);
        MaskedBatch batch = run.Batch(0);
        Tensor samples = run.Tensor("step0.sampled_ids");
        run.Forward(batch, samples).Loss.backward();
        Tensor whole = run.Parameters.Gradients.clone();
        run.Parameters.ZeroGradients();
        LossCounts counts = LossCounts.Of(batch);
        for (int row = 0; row < batch.InputIds.shape[0]; row++)
        {
            run.Forward(batch.Rows(row, 1, layout: null), samples.narrow(0, row, 1), counts).Loss.backward();
        }

        double worst = (whole - run.Parameters.Gradients).abs().max().item<float>();
        Assert.InRange(worst, 0, 1e-5 * whole.abs().max().item<float>());
    }

    private static IEnumerable<string> Folders() =>
        Directory.GetDirectories(ReferenceData.FindFixture("")!, "train-share-*").Select(folder => Path.GetFileName(folder)).Order();

    private void AssertRelative(SafetensorsReader expected, string name, Tensor actual, double tolerance)
    {
        double reference = expected.ReadTensor(name).item<float>(), value = actual.item<float>();
        output.WriteLine($"{name}: {value} against {reference}");
        Assert.Equal(reference, value, tolerance * reference);
    }

    private void AssertClose(string what, Tensor expected, Tensor actual, double tolerance, bool quiet = false)
    {
        double worst = (expected - actual).abs().max().item<float>();
        if (!quiet) output.WriteLine($"{what}: differs by at most {worst:G3}");
        Assert.True(worst <= tolerance, $"{what} differs by {worst:G3}, more than {tolerance:G3}");
    }

    /// <summary>A model with a fixture's weights, without dropout, its parameters laid out flat.</summary>
    private sealed class ReferenceRun : IDisposable
    {
        private readonly string _folder;
        private readonly SafetensorsReader _batches;
        private readonly JsonDocument _meta;
        private readonly TokenMasker _masker;
        private readonly ElectraObjective _objective;

        public ReferenceRun(string set)
        {
            _folder = ReferenceData.Fixture(set);
            _meta = JsonDocument.Parse(System.IO.File.ReadAllText(File("meta.json")));
            _batches = SafetensorsReader.Open(File("batches.safetensors"));
            var options = new PretrainingModelOptions
            {
                EmbeddingSharing = Meta.GetProperty("share").GetString() switch
                {
                    "all" => EmbeddingSharing.All,
                    "wordpos" => EmbeddingSharing.WordAndPosition,
                    _ => EmbeddingSharing.None,
                },
            };
            Model = new ElectraPretrainingModel(
                ElectraConfig.Load(File("discriminator/config.json")), ElectraConfig.Load(File("generator/config.json")), options, null);
            (string, nn.Module)[] towers = [("generator", Model.Generator), ("discriminator", Model.Discriminator)];
            foreach ((string tower, nn.Module module) in towers)
            {
                using SafetensorsReader weights = SafetensorsReader.Open(File($"{tower}/model.safetensors"));
                using (no_grad())
                    foreach ((string name, Tensor parameter) in module.named_parameters()) weights.CopyInto(name, parameter);
            }

            Parameters = new FlatParameters(Model.NamedParameters(), ParameterGroups.WithDecay(0.01));
            _masker = new TokenMasker(new MaskingOptions(), Model.Config.VocabSize, 4, [0, 2, 3], CPU);
            _objective = new ElectraObjective(Model, _masker);
        }

        public ElectraPretrainingModel Model { get; }

        public FlatParameters Parameters { get; }

        public JsonElement Meta => _meta.RootElement;

        public string File(string name) => Path.Combine(_folder, name);

        public Tensor Tensor(string name) => _batches.ReadTensor(name);

        public MaskedBatch Batch(int step) => new(
            Tensor($"step{step}.original_input_ids"), Tensor($"step{step}.attention_mask"), Tensor($"step{step}.token_type_ids"),
            Tensor($"step{step}.masked_input_ids"), Tensor($"step{step}.masked_positions"), Tensor($"step{step}.masked_original_ids"),
            Tensor($"step{step}.masked_weights"), zeros_like(Tensor($"step{step}.masked_original_ids")),
            ones_like(Tensor($"step{step}.original_input_ids"), ScalarType.Bool));

        public ElectraOutput Forward(MaskedBatch batch, Tensor samples, LossCounts? counts = null) =>
            _objective.Discriminate(batch, _objective.Generate(batch) with { Samples = samples }, counts);

        public ElectraOutput Forward(int step)
        {
            ElectraOutput output = Forward(Batch(step), Tensor($"step{step}.sampled_ids"));
            Assert.True(output.ReplacedInputIds.equal(Tensor($"step{step}.replaced_input_ids")).all().item<bool>());
            Assert.True(output.IsReplaced.equal(Tensor($"step{step}.rtd_labels").to(ScalarType.Bool)).all().item<bool>());
            return output;
        }

        public void Dispose()
        {
            _objective.Dispose();
            _masker.Dispose();
            Parameters.Dispose();
            Model.Dispose();
            _batches.Dispose();
            _meta.Dispose();
        }
    }
}
