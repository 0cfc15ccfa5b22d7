using System.Collections;
using System.Reflection;
using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

public class PreparedWeightsTests
{
    // Of the first, the intermediate product gets columns too many; of the second, all of a layer but one weight stay as they are; of the third, one does.
    private static readonly ElectraConfig[] Configs =
    [
        ElectraConfig.Tiny with { VocabSize = 99, NumHiddenLayers = 3, IntermediateSize = 512, HiddenSize = 96, NumAttentionHeads = 3 },
        ElectraConfig.Tiny with { VocabSize = 99, NumHiddenLayers = 2, IntermediateSize = 48, HiddenSize = 512, NumAttentionHeads = 4 },
        ElectraConfig.Tiny with { VocabSize = 99, NumHiddenLayers = 2, IntermediateSize = 1040, HiddenSize = 32, NumAttentionHeads = 2 },
    ];

    private static readonly (int Batch, int Tokens)[] Shapes = [(1, 8), (1, 33), (3, 16), (5, 1), (1, 128), (16, 128)]; // the last is cut into parts

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void They_give_the_same_bits(ScalarType dtype)
    {
        foreach (bool isFused in new[] { true, false })
        {
            foreach (ElectraConfig config in Configs)
            {
                using var scope = NewDisposeScope();
                using var model = new ElectraForSequenceClassification(config) { ComputeDtype = dtype, UseFusedKernels = isFused };
                model.eval();
                Tensor[] expected = [.. Shapes.Select(shape => Logits(model, shape))];
                model.IsInferenceOnly = true;
                for (int run = 0; run < 2; run++)
                {
                    foreach (((int Batch, int Tokens) shape, Tensor logits) in Shapes.Zip(expected))
                        Assert.True(Same(logits, Logits(model, shape)), $"{config.HiddenSize}, {shape}, fused: {isFused}, run {run}");
                }
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Threads_at_once_get_what_they_get_one_after_the_other(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraForSequenceClassification(Configs[0]) { ComputeDtype = dtype };
        model.eval();
        Tensor[] expected = [.. Shapes.Select(shape => Logits(model, shape))];
        model.IsInferenceOnly = true; // the threads meet weights that nobody has prepared yet
        var errors = new Exception?[4];
        using var start = new Barrier(errors.Length);
        Thread[] threads = [.. errors.Select((_, i) => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                for (int run = 0; run < 30; run++)
                {
                    using var inner = NewDisposeScope();
                    int shape = (run + (i % 2)) % Shapes.Length; // pairs of threads take the same
                    Assert.True(Same(expected[shape], Logits(model, Shapes[shape])), $"thread {i}, run {run}");
                }
            }
            catch (Exception error)
            {
                errors[i] = error;
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.All(errors, Assert.Null);
    }

    [Fact]
    public void They_are_made_once_and_workspaces_hold_none()
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraForSequenceClassification(Configs[0]) { IsInferenceOnly = true };
        model.eval();
        Logits(model, Shapes[0]);
        object prepared = Current(model);
        foreach ((int Batch, int Tokens) shape in Shapes) Logits(model, shape);
        Assert.Same(prepared, Current(model));
        object pool = Field(model.Electra.Encoder, "_workspaces");
        Assert.Empty((ICollection)Field(Field(pool, "_weights"), "_idle"));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Parameters_that_are_written_to_are_prepared_again(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        foreach (bool isFused in new[] { true, false })
        {
            using var model = new ElectraForSequenceClassification(Configs[0], seed: 1) { ComputeDtype = dtype, UseFusedKernels = isFused };
            using var other = new ElectraForSequenceClassification(Configs[0], seed: 2) { ComputeDtype = dtype, UseFusedKernels = isFused };
            model.eval();
            other.eval();
            model.IsInferenceOnly = true;
            Tensor before = Logits(model, (2, 9));
            model.load_state_dict(other.state_dict());
            Tensor expected = Logits(other, (2, 9));
            Assert.True(Same(expected, Logits(model, (2, 9))));
            Assert.False(Same(before, expected));

            using (no_grad())
            {
                foreach (EncoderLayerParameters<Tensor> layer in model.Electra.Encoder.Parameters.Concat(other.Electra.Encoder.Parameters))
                    foreach (Tensor parameter in layer.ToArray()) parameter.add_(0.01);
            }

            expected = Logits(other, (2, 9));
            Assert.True(Same(expected, Logits(model, (2, 9))));
        }
    }

    [Fact]
    public void A_pass_that_would_train_the_network_is_refused()
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraForSequenceClassification(Configs[0] with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 });
        Tensor ids = TinyConfig.Ids(2, 8), expected = Gradient();
        model.IsInferenceOnly = true;
        Logits(model, (2, 8));
        var error = Assert.Throws<InvalidOperationException>(() => model.forward(ids));
        Assert.Contains("no_grad", error.Message, StringComparison.Ordinal);
        model.IsInferenceOnly = false;
        Assert.True(Same(expected, Gradient()));

        // Gradients of anything else are none of its business.
        foreach (var parameter in model.parameters()) parameter.requires_grad = false;
        Tensor embedded = randn(2, 8, Configs[0].EmbeddingSize).requires_grad_(true);
        model.forward(null, inputsEmbeds: embedded).sum().backward();
        Tensor wanted = embedded.grad!.clone();
        embedded.grad!.zero_();
        model.IsInferenceOnly = true;
        model.forward(null, inputsEmbeds: embedded).sum().backward();
        Assert.True(Same(wanted, embedded.grad!));

        Tensor Gradient()
        {
            model.zero_grad();
            model.forward(ids).sum().backward();
            return cat([.. model.parameters().Where(parameter => parameter.grad is not null).Select(parameter => parameter.grad!.flatten())]);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Sentences_of_many_lengths_leave_no_memory_behind(ScalarType dtype)
    {
        using var model = new ElectraForSequenceClassification(ElectraConfig.Small with { VocabSize = 99, NumHiddenLayers = 4 })
        {
            ComputeDtype = dtype,
            IsInferenceOnly = true,
        };
        model.eval();
        void Sentences(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using var scope = NewDisposeScope();
                Logits(model, (1, 8 * (1 + (i * 7 % 16))));
            }
        }

        Sentences(100);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        (long tensors, long resident) = (Tensor.TotalCount, Environment.WorkingSet);
        long managed = GC.GetAllocatedBytesForCurrentThread();
        Sentences(200);
        managed = (GC.GetAllocatedBytesForCurrentThread() - managed) / 200;
        Assert.True(Tensor.TotalCount <= tensors, $"{Tensor.TotalCount - tensors} tensors more");
        Assert.InRange(Environment.WorkingSet - resident, long.MinValue, 16 << 20); // a workspace a sentence would be 200 MB
        Assert.InRange(managed, 0, 16_000);
    }

    [Fact]
    public void A_network_that_goes_takes_them_with_it()
    {
        var model = new ElectraForSequenceClassification(Configs[0]) { ComputeDtype = ScalarType.BFloat16, IsInferenceOnly = true };
        model.eval();
        EncoderWeights weights;
        using (NewDisposeScope())
        {
            Logits(model, (1, 8));
            weights = (EncoderWeights)Current(model).GetType().GetProperty("Weights")!.GetValue(Current(model))!;
        }

        Assert.False(weights[2].Qkv.Values.IsInvalid);
        Assert.True(weights.Bytes > 0);
        model.Dispose();
        Assert.True(weights[2].Qkv.Values.IsInvalid && weights[0].Output.Values.IsInvalid);
    }

    private static Tensor Logits(ElectraForSequenceClassification model, (int Batch, int Tokens) shape)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor ids = TinyConfig.Ids(shape.Batch, shape.Tokens), mask = ones_like(ids);
        if (shape.Tokens > 2) mask[0, ^2..] = 0;
        return model.forward(ids, mask).MoveToOuterDisposeScope();
    }

    private static bool Same(Tensor one, Tensor other) => one.shape.SequenceEqual(other.shape) && one.eq(other).all().item<bool>();

    private static object Current(ElectraForSequenceClassification model) => Field(Field(model.Electra.Encoder, "_prepared"), "_current");

    private static object Field(object holder, string name) =>
        holder.GetType().GetField(name, BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(holder)!;
}
