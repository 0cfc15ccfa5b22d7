using System.Reflection;
using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

public class EncoderWorkspacePoolTests
{
    private static readonly ElectraConfig Config = ElectraConfig.Tiny with { VocabSize = 99, NumHiddenLayers = 3 };
    private static readonly EncoderShape Shape = new(2, 5, 32, 2, 48, 3, ScalarType.Float32, ActivationKeeping.All);

    [Fact]
    public void Small_workspaces_of_many_shapes_are_kept_and_used_again()
    {
        using var pool = new EncoderWorkspacePool();
        EncoderShape[] shapes =
        [
            Shape, Shape with { Batch = 3 }, Shape with { Tokens = 6 }, Shape with { Dtype = ScalarType.BFloat16 },
            Shape with { Keeping = ActivationKeeping.LayerInputs }, Shape with { Keeping = ActivationKeeping.None },
        ];
        EncoderWorkspace[] first = [.. shapes.Select(pool.Rent)];
        EncoderWorkspace overlapping = pool.Rent(Shape);
        Assert.Equal(shapes, first.Select(workspace => workspace.Shape));
        Assert.NotSame(first[0], overlapping);
        foreach (EncoderWorkspace workspace in first) pool.Return(workspace);
        for (int again = 0; again < 3; again++)
        {
            foreach ((EncoderShape shape, EncoderWorkspace workspace) in shapes.Zip(first))
            {
                Assert.Same(workspace, pool.Rent(shape));
                pool.Return(workspace);
            }
        }

        pool.Dispose();
        Assert.All(first, workspace => Assert.True(workspace.Scratch.Branch.IsInvalid));
        Assert.False(overlapping.Scratch.Residual.IsInvalid);
        pool.Return(overlapping); // later than the model
        Assert.True(overlapping.Scratch.Residual.IsInvalid);
    }

    [Fact]
    public void Large_workspaces_are_freed_before_one_of_another_shape_is_made()
    {
        using var pool = new EncoderWorkspacePool();
        EncoderShape large = Shape with { Batch = 12_000, Tokens = 16 };
        EncoderWorkspace workspace = pool.Rent(large);
        Assert.True(workspace.Bytes > EncoderWorkspacePool.IdleBytes);
        pool.Return(workspace);
        Assert.Same(workspace, pool.Rent(large)); // the last one is kept whatever its size
        pool.Return(workspace);
        EncoderWorkspace evaluating = pool.Rent(Shape with { Keeping = ActivationKeeping.None });
        Assert.False(workspace.Scratch.Residual.IsInvalid);
        EncoderWorkspace other = pool.Rent(Shape);
        Assert.True(workspace.Scratch.Residual.IsInvalid);
        pool.Return(evaluating);
        pool.Return(other);
    }

    [Fact]
    public void Weights_that_were_prepared_give_the_same_bits_until_the_model_is_trained_again()
    {
        using var scope = NewDisposeScope();
        foreach (ScalarType dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            using var model = new ElectraModel(Config) { ComputeDtype = dtype };
            model.eval();
            using var _ = no_grad();
            Tensor ids = TinyConfig.Ids(2, 8), before = model.forward(ids);
            model.PrepareForInference();
            Assert.True(before.eq(model.forward(ids)).all().item<bool>());
            foreach (TorchSharp.Modules.Parameter parameter in model.parameters()) parameter.mul_(1.5f);
            model.train();
            model.forward(ids);
            model.eval();
            Tensor after = model.forward(ids);
            using var fresh = new ElectraModel(Config) { ComputeDtype = dtype };
            foreach (TorchSharp.Modules.Parameter parameter in fresh.parameters()) parameter.mul_(1.5f);
            fresh.eval();
            Assert.True(after.eq(fresh.forward(ids)).all().item<bool>());
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Nothing_is_read_before_it_was_written(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraModel(Config) { ComputeDtype = dtype };
        Tensor ids = TinyConfig.Ids(3, 9);
        foreach (bool recompute in new[] { false, true })
        {
            model.RecomputeActivations = recompute;
            Tensor clean = Gradients(model, ids);
            EncoderWorkspacePool pool = Pool(model);
            EncoderShape shape = new(
                3, 9, Config.HiddenSize, Config.NumAttentionHeads, Config.IntermediateSize, 3, dtype,
                recompute ? ActivationKeeping.LayerInputs : ActivationKeeping.All);
            EncoderWorkspace workspace = pool.Rent(shape);
            int spoilt = Spoil(workspace);
            Assert.InRange(spoilt, 30, 100);
            pool.Return(workspace);
            Assert.True(clean.eq(Gradients(model, ids)).all().item<bool>());
        }
    }

    [Fact]
    public void Whatever_a_model_did_before_it_does_the_next_as_a_new_one_does()
    {
        using var scope = NewDisposeScope();
        using var used = new ElectraModel(Config);
        // (batch, tokens, dtype, recompute, evaluate in between)
        foreach ((int batch, int tokens, ScalarType dtype, bool recompute, bool evaluate) in new[]
        {
            (2, 8, ScalarType.Float32, false, false), (3, 5, ScalarType.Float32, false, true), (2, 8, ScalarType.BFloat16, false, false),
            (2, 8, ScalarType.BFloat16, true, true), (2, 8, ScalarType.BFloat16, false, true), (5, 1, ScalarType.Float32, true, false),
            (2, 8, ScalarType.Float32, true, true), (2, 8, ScalarType.Float32, false, true), (16, 1, ScalarType.Float32, false, false),
        })
        {
            using var fresh = new ElectraModel(Config);
            foreach (ElectraModel model in new[] { used, fresh }) (model.ComputeDtype, model.RecomputeActivations) = (dtype, recompute);
            Tensor ids = TinyConfig.Ids(batch, tokens);
            Tensor expected = Gradients(fresh, ids), actual = Gradients(used, ids, evaluate ? () => Evaluate(used, batch, tokens) : null);
            Near.Assert(expected, actual, 1e-6, $"{batch} x {tokens}, {dtype}, recomputing: {recompute}, evaluating: {evaluate}");
        }
    }

    [Fact]
    public void Recomputing_may_be_switched_between_a_pass_and_its_way_back()
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraModel(Config);
        Tensor ids = TinyConfig.Ids(2, 8), expected = Gradients(model, ids);
        foreach (bool first in new[] { false, true })
        {
            model.RecomputeActivations = first;
            Near.Assert(expected, Gradients(model, ids, () => model.RecomputeActivations = !first), 1e-6, $"recomputing at first: {first}");
        }
    }

    [Fact]
    public void Threads_that_evaluate_one_model_at_once_each_get_what_they_asked_for()
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraModel(Config);
        model.eval();
        // Two of the shapes are alike, so that threads take each other's workspaces.
        (long Batch, long Tokens)[] shapes = [(2, 8), (3, 7), (2, 8), (1, 30)];
        Tensor[] ids = [.. shapes.Select((shape, i) => (TinyConfig.Ids(shape.Batch, shape.Tokens) + i) % 99)];
        Tensor[] expected = [.. ids.Select(Encode)];
        Tensor Encode(Tensor input)
        {
            using var noGradient = no_grad();
            return model.forward(input);
        }

        var errors = new Exception?[8];
        using var start = new Barrier(errors.Length);
        Thread[] threads = [.. errors.Select((_, i) => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                for (int run = 0; run < 25; run++)
                {
                    using var inner = NewDisposeScope();
                    int shape = (i + (run % 2 * 2)) % 4;
                    Near.Assert(expected[shape], Encode(ids[shape]), 1e-5, $"thread {i}, run {run}");
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

    private static Tensor Gradients(ElectraModel model, Tensor ids, Action? between = null)
    {
        using var scope = NewDisposeScope();
        model.zero_grad();
        model.Dropout.Restart(8);
        Tensor mask = ones_like(ids);
        if (ids.size(1) > 2) mask[0, ^2..] = 0;
        Tensor output = model.forward(ids, mask).to(ScalarType.Float32);
        between?.Invoke();
        output.pow(3).sum().backward();
        return cat([output.flatten(), .. model.parameters().Select(p => p.grad!.flatten())]).detach().MoveToOuterDisposeScope();
    }

    private static void Evaluate(ElectraModel model, int batch, int tokens)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        model.forward(TinyConfig.Ids(batch, tokens) + 1);
    }

    private static EncoderWorkspacePool Pool(ElectraModel model) => (EncoderWorkspacePool)typeof(ElectraEncoder)
        .GetField("_workspaces", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(model.Encoder)!;

    /// <summary>Puts NaN into every buffer; gives their number.</summary>
    private static int Spoil(EncoderWorkspace workspace)
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        object[] holders = [workspace.Scratch, .. workspace.Weights, .. Enumerable.Range(0, workspace.Shape.Layers).Select(layer => workspace.Activations(layer))];
        var outputs = (Tensor[])typeof(EncoderWorkspace).GetProperty("Outputs", Any)!.GetValue(workspace)!;
        IEnumerable<Tensor> buffers = holders
            .SelectMany(holder => holder.GetType().GetFields(Any).Select(field => field.GetValue(holder)))
            .SelectMany(value => value is Tensor tensor ? [tensor] : value as IEnumerable<Tensor> ?? [])
            .Concat(outputs)
            .Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>();
        using var noGradient = no_grad();
        int count = 0;
        foreach (Tensor buffer in buffers)
        {
            if (buffer.requires_grad) continue; // in float32 weights are the parameters themselves
            buffer.fill_(float.NaN);
            count++;
        }

        return count;
    }
}
