using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Networks out of Google's checkpoints.</summary>
public class GoogleCheckpointTests
{
    [SkippableFact]
    public void Sizes_step_and_moments_are_read_off_the_variables()
    {
        using GoogleCheckpoint checkpoint = GoogleTiny.Open();
        Assert.Equal(
            new ElectraConfig { VocabSize = 1200, EmbeddingSize = 16, HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 64, MaxPositionEmbeddings = 64 }.ToJson(),
            checkpoint.EncoderConfig.ToJson());
        Assert.Equal((checkpoint.EncoderConfig with { HiddenSize = 8, NumAttentionHeads = 1, IntermediateSize = 32 }).ToJson(), checkpoint.GeneratorConfig!.ToJson());
        Assert.Equal(40, checkpoint.Step);
        Assert.True(checkpoint.HasOptimizerState && checkpoint.HasDiscriminator && checkpoint.HasGenerator && checkpoint.SharesEmbeddings);
        Assert.False(checkpoint.IsGeneratorTied);
        Assert.Empty(checkpoint.MissingOptimizerState);
        Assert.Empty(checkpoint.UnknownVariables);
    }

    [SkippableTheory]
    [InlineData("google-tiny", "google-tiny/tensors.safetensors")]
    [InlineData("google-tiny-sharded/sharded", "google-tiny/tensors.safetensors")]
    [InlineData("google-tiny-sharded/partitioned", "google-tiny/tensors.safetensors")]
    [InlineData("google-tiny-sharded/half", "google-tiny-sharded/half/tensors.safetensors")]
    public void Saved_folders_hold_the_variables_bit_for_bit(string source, string reference)
    {
        using var scope = NewDisposeScope();
        using TemporaryFolder folder = new();
        using GoogleCheckpoint checkpoint = GoogleTiny.Open(ReferenceData.Fixture("foreign/" + source));
        using SafetensorsReader expected = SafetensorsReader.Open(ReferenceData.Fixture("foreign/" + reference));
        using (ElectraForPreTraining discriminator = checkpoint.LoadDiscriminator()) discriminator.SavePretrained(folder.File("discriminator"));
        using (ElectraForMaskedLM generator = checkpoint.LoadGenerator()) generator.SavePretrained(folder.File("generator"));
        int seen = 0;
        foreach ((string tower, bool isGenerator) in new[] { ("discriminator", false), ("generator", true) })
        {
            using SafetensorsReader saved = SafetensorsReader.Open(folder.File(tower, "model.safetensors"));
            HashSet<string> left = [.. saved.Entries.Keys];
            foreach (string name in expected.Entries.Keys.Where(name => !GoogleTiny.IsSlot(name) && name != "global_step"))
            {
                bool isShared = name.StartsWith("electra/embeddings/", StringComparison.Ordinal);
                if (!isShared && name.StartsWith("generator", StringComparison.Ordinal) != isGenerator) continue;
                string parameter = GoogleTiny.ParameterOf(name);
                Tensor variable = expected.ReadTensor(name);
                if (name.EndsWith("/kernel", StringComparison.Ordinal)) variable = variable.t().contiguous();
                Tensor actual = saved.ReadTensor(parameter);
                Assert.Equal(variable.shape, actual.shape);
                Assert.True(variable.bytes.SequenceEqual(actual.bytes), name);
                Assert.True(left.Remove(parameter), parameter);
                seen++;
            }

            Assert.Empty(left);
            using var loaded = ElectraModel.FromPretrained(folder.File(tower));
        }

        Assert.Equal(expected.Entries.Keys.Count(name => !GoogleTiny.IsSlot(name)) - 1 + 5, seen); // all but the step, shared ones twice
    }

    [SkippableTheory]
    [InlineData("google-tiny")]
    [InlineData("google-tiny-sharded/sharded")]
    [InlineData("google-tiny-sharded/partitioned")]
    public void Outputs_are_those_of_Googles_graph(string source)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        using GoogleCheckpoint checkpoint = GoogleTiny.Open(ReferenceData.Fixture("foreign/" + source));
        using SafetensorsReader batches = SafetensorsReader.Open(Path.Combine(GoogleTiny.Folder, "batches.safetensors"));
        using SafetensorsReader expected = SafetensorsReader.Open(Path.Combine(GoogleTiny.Folder, "expected.safetensors"));
        using ElectraForPreTraining discriminator = checkpoint.LoadDiscriminator();
        using ElectraForMaskedLM generator = checkpoint.LoadGenerator();
        using ElectraModel encoder = checkpoint.LoadEncoder();
        Tensor Batch(string name) => batches.ReadTensor("step0." + name);
        Tensor mask = Batch("attention_mask"), types = Batch("token_type_ids"), replaced = Batch("replaced_input_ids");

        // Positions of padding are no output: Google's graph and this one differ in what they attend to.
        AssertClose("discriminator_logits", discriminator.forward(replaced, mask, types), 2e-5, mask);
        AssertClose("discriminator_hidden", encoder.forward(replaced, mask, types), 2e-5, mask.unsqueeze(-1));
        AssertClose("generator_hidden", generator.Electra.forward(Batch("masked_input_ids"), mask, types), 2e-5, mask.unsqueeze(-1));
        AssertClose("generator_logits", generator.forwardAt(Batch("masked_input_ids"), mask, types, Batch("masked_positions")), 1e-4, ones(1));

        void AssertClose(string name, Tensor actual, double tolerance, Tensor where)
        {
            Tensor reference = expected.ReadTensor(name);
            Assert.Equal(reference.shape, actual.shape);
            double worst = ((reference - actual) * where).abs().max().item<float>();
            Assert.True(worst <= tolerance, $"{name} differs by {worst:G3}");
            Assert.True((reference * where).abs().max().item<float>() > 0.1, name);
        }
    }

    [SkippableFact]
    public void Checkpoints_without_moments_and_with_some_are_told_apart()
    {
        using TemporaryFolder folder = new();
        using (GoogleCheckpoint none = GoogleTiny.Open(GoogleTiny.Copy(name => !GoogleTiny.IsSlot(name)).Write(folder.File("none"))))
        {
            Assert.False(none.HasOptimizerState);
            Assert.Empty(none.MissingOptimizerState);
            Assert.Empty(none.UnknownVariables);
        }

        string[] missing = ["electra/embeddings/word_embeddings/adam_v", "generator_predictions/output_bias/adam_m"];
        using GoogleCheckpoint some = GoogleTiny.Open(GoogleTiny.Copy(name => !missing.Contains(name)).Write(folder.File("some")));
        Assert.False(some.HasOptimizerState);
        Assert.Equal(missing, some.MissingOptimizerState.Order());
    }

    [SkippableFact]
    public void Fine_tuned_checkpoints_give_their_encoder_and_list_the_head()
    {
        using TemporaryFolder folder = new();
        TensorBundleFile file = GoogleTiny.Copy(name => name.StartsWith("electra/", StringComparison.Ordinal));
        file.Add("task_specific/cola/dense/kernel", 32, 2);
        file.Add("task_specific/cola/dense/kernel/adam_m", 32, 2);
        using GoogleCheckpoint checkpoint = GoogleTiny.Open(file.Write(folder.File("model.ckpt-9")));
        Assert.Equal(["task_specific/cola/dense/kernel", "task_specific/cola/dense/kernel/adam_m"], checkpoint.UnknownVariables);
        Assert.True(checkpoint.HasOptimizerState); // of the encoder
        Assert.Null(checkpoint.Step);
        Assert.False(checkpoint.HasDiscriminator || checkpoint.HasGenerator);
        using ElectraModel encoder = checkpoint.LoadEncoder();
        Assert.Contains(nameof(checkpoint.LoadEncoder), Assert.Throws<InvalidDataException>(() => checkpoint.LoadDiscriminator()).Message, StringComparison.Ordinal);
        Assert.Contains("no generator", Assert.Throws<InvalidDataException>(() => checkpoint.LoadGenerator()).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Generators_with_tables_of_their_own_are_loaded()
    {
        using TemporaryFolder folder = new();
        using var scope = NewDisposeScope();
        TensorBundleFile file = GoogleTiny.Copy(name => !GoogleTiny.IsSlot(name) && !name.StartsWith("generator/embeddings_project", StringComparison.Ordinal) && !name.StartsWith("generator_predictions", StringComparison.Ordinal));
        foreach ((string name, long[] shape) in new (string, long[])[]
            {
                ("generator/embeddings/word_embeddings", [1200, 8]), ("generator/embeddings/position_embeddings", [64, 8]), ("generator/embeddings/token_type_embeddings", [2, 8]),
                ("generator/embeddings/LayerNorm/gamma", [8]), ("generator/embeddings/LayerNorm/beta", [8]), ("generator_predictions/dense/kernel", [8, 8]), ("generator_predictions/dense/bias", [8]),
                ("generator_predictions/LayerNorm/gamma", [8]), ("generator_predictions/LayerNorm/beta", [8]), ("generator_predictions/output_bias", [1200]),
            })
        {
            file.Add(name, shape);
        }

        using GoogleCheckpoint checkpoint = GoogleTiny.Open(file.Write(folder.File("untied")));
        Assert.False(checkpoint.SharesEmbeddings || checkpoint.IsGeneratorTied);
        Assert.Equal((8, 8), (checkpoint.GeneratorConfig!.EmbeddingSize, checkpoint.GeneratorConfig.HiddenSize));
        using ElectraForMaskedLM generator = checkpoint.LoadGenerator();
        using TensorBundleReader reader = TensorBundleReader.Open(folder.File("untied"));
        Assert.True(generator.Electra.Embeddings.WordEmbeddings.equal(reader.ReadTensor("generator/embeddings/word_embeddings")).all().item<bool>());
        Assert.True(checkpoint.LoadDiscriminator().Electra.Embeddings.WordEmbeddings.equal(reader.ReadTensor("electra/embeddings/word_embeddings")).all().item<bool>());
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_generator_may_be_the_encoder_itself(bool hasDiscriminator)
    {
        using TemporaryFolder folder = new();
        using var scope = NewDisposeScope();
        TensorBundleFile file = GoogleTiny.Copy(name => !name.StartsWith("generator/", StringComparison.Ordinal) && !name.StartsWith("generator_predictions/dense/kernel", StringComparison.Ordinal)
            && (hasDiscriminator || !name.StartsWith("discriminator", StringComparison.Ordinal)));
        file.Add("generator_predictions/dense/kernel", 32, 16);
        using GoogleCheckpoint checkpoint = GoogleTiny.Open(file.Write(folder.File("tied")));
        Assert.True(checkpoint.IsGeneratorTied);
        Assert.Equal(hasDiscriminator, checkpoint.HasDiscriminator);
        using ElectraForMaskedLM generator = checkpoint.LoadGenerator();
        using TensorBundleReader reader = TensorBundleReader.Open(folder.File("tied"));
        Tensor query = generator.named_parameters().Single(p => p.name == "electra.encoder.layer.1.attention.self.query.weight").parameter;
        Assert.True(query.t().equal(reader.ReadTensor("electra/encoder/layer_1/attention/self/query/kernel")).all().item<bool>());
    }

    [SkippableFact]
    public void Models_without_a_generator_and_with_two_towers_are_told_apart()
    {
        using TemporaryFolder folder = new();
        TensorBundleFile file = GoogleTiny.Copy(name => !name.StartsWith("generator", StringComparison.Ordinal));
        using (GoogleCheckpoint uniform = GoogleTiny.Open(file.Write(folder.File("uniform"))))
        {
            Assert.True(uniform.HasDiscriminator && uniform.HasOptimizerState);
            Assert.Contains("drawn without", Assert.Throws<InvalidDataException>(() => uniform.LoadGenerator()).Message, StringComparison.Ordinal);
        }

        file.Add("generator_ltr/encoder/layer_0/x", 3);
        file.Add("cloze_predictions/output_bias", 1200);
        using GoogleCheckpoint electric = GoogleTiny.Open(file.Write(folder.File("electric")));
        Assert.Contains("Electric", Assert.Throws<InvalidDataException>(() => electric.LoadGenerator()).Message, StringComparison.Ordinal);
        Assert.Equal(["cloze_predictions/output_bias", "generator_ltr/encoder/layer_0/x"], electric.UnknownVariables);
        using ElectraForPreTraining discriminator = electric.LoadDiscriminator();
    }

    [SkippableTheory]
    [InlineData("electra/encoder/layer_1/output/LayerNorm/gamma", "are missing")]
    [InlineData("electra/embeddings/word_embeddings", "no ELECTRA network")]
    [InlineData("generator/encoder/layer_0/attention/self/query/kernel", "generator/encoder/layer_0/attention/self/query/kernel")]
    public void Incomplete_checkpoints_are_refused_by_name(string without, string expected)
    {
        using TemporaryFolder folder = new();
        string prefix = GoogleTiny.Copy(name => name != without).Write(folder.File("model"));
        Assert.Matches(expected, Assert.Throws<InvalidDataException>(() => GoogleTiny.Open(prefix)).Message);
    }

    [SkippableFact]
    public void Shapes_that_do_not_agree_and_layers_that_are_missing_are_refused_by_name()
    {
        using TemporaryFolder folder = new();
        string Refusal(Func<string, bool> keeps, string? name, params long[] shape)
        {
            TensorBundleFile file = GoogleTiny.Copy(keeps);
            if (name is not null) file.Add(name, shape);
            return Assert.Throws<InvalidDataException>(() => GoogleTiny.Open(file.Write(folder.File("model")))).Message;
        }

        const string bias = "electra/encoder/layer_1/intermediate/dense/bias";
        Assert.Contains($"'{bias}' is float32 [63]", Refusal(name => name != bias, bias, 63), StringComparison.Ordinal);
        Assert.Contains($"'{bias}/adam_m' is float32 [1]", Refusal(name => name != bias + "/adam_m", bias + "/adam_m", 1), StringComparison.Ordinal);
        Assert.Contains("electra/encoder/layer_0'", Refusal(name => !name.StartsWith("electra/encoder/layer_0/", StringComparison.Ordinal), null), StringComparison.Ordinal);

        TensorBundleFile many = GoogleTiny.Copy();
        for (int layer = 2; layer < 1002; layer++) many.Add($"electra/encoder/layer_{layer}/x", 0);
        Assert.Contains("too few for 1002 layers", Assert.Throws<InvalidDataException>(() => GoogleTiny.Open(many.Write(folder.File("many")))).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Heads_can_be_given_and_must_divide_the_width()
    {
        using (GoogleCheckpoint checkpoint = GoogleCheckpoint.Open(GoogleTiny.Folder))
            Assert.Equal((1, 1), (checkpoint.EncoderConfig.NumAttentionHeads, checkpoint.GeneratorConfig!.NumAttentionHeads));
        using (GoogleCheckpoint checkpoint = GoogleCheckpoint.Open(GoogleTiny.Folder, 4, 2))
            Assert.Equal((4, 2), (checkpoint.EncoderConfig.NumAttentionHeads, checkpoint.GeneratorConfig!.NumAttentionHeads));
        Assert.Contains("3 attention head(s)", Assert.Throws<InvalidDataException>(() => GoogleCheckpoint.Open(GoogleTiny.Folder, 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => GoogleCheckpoint.Open(GoogleTiny.Folder, 0));
    }
}
