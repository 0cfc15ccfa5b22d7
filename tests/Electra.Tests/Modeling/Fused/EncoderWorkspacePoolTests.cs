using System.Reflection;
using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

public class EncoderWorkspacePoolTests
{
    private static readonly ElectraConfig Config = ElectraConfig.Tiny with { VocabSize = 99, NumHiddenLayers = 3 };
    private static readonly EncoderShape Shape = new(2, 5, 32, 2, 48, 3, ScalarType.Float32, ActivationKeeping.All);

    private static readonly EncoderShape Large = new(16, 128, 256, 4, 1024, 2, ScalarType.Float32, ActivationKeeping.All);

    [Fact]
    public void Workspaces_of_several_shapes_are_used_again()
    {
        using var pool = new EncoderWorkspacePool();
        EncoderShape[] shapes =
        [
            Shape, Shape with { Batch = 3 }, Shape with { Tokens = 6 }, Shape with { Dtype = ScalarType.BFloat16 },
            Shape with { Keeping = ActivationKeeping.LayerInputs }, Shape with { Keeping = ActivationKeeping.None },
            Shape with { Keeping = ActivationKeeping.None, Tokens = 6 },
        ];
        EncoderWorkspace[] first = [.. shapes.Select(pool.Rent)];
        Assert.Equal(shapes, first.Select(workspace => workspace.Shape));
        foreach (EncoderWorkspace workspace in first) pool.Return(workspace);
        for (int run = 0; run < 3; run++)
        {
            foreach ((EncoderShape shape, EncoderWorkspace workspace) in shapes.Zip(first))
            {
                Assert.Same(workspace, pool.Rent(shape));
                pool.Return(workspace);
            }
        }

        Assert.Same(first[2], pool.Rent(shapes[2]));
        pool.Dispose();
        Assert.All(first.Where((_, i) => i != 2), workspace => Assert.True(IsFree(workspace)));
        Assert.False(IsFree(first[2]));
        pool.Return(first[2]); // the model went before its backward pass
        Assert.True(IsFree(first[2]));
    }

    [Fact]
    public void Passes_that_overlap_get_a_workspace_each_and_find_both_again()
    {
        using var pool = new EncoderWorkspacePool();
        EncoderWorkspace first = pool.Rent(Shape), overlapping = pool.Rent(Shape);
        Assert.NotSame(first, overlapping);
        pool.Return(first);
        pool.Return(overlapping);
        Assert.Same(overlapping, pool.Rent(Shape)); // the one used last, which is likelier to be in a cache
        Assert.Same(first, pool.Rent(Shape));
        pool.Return(first);
        pool.Return(overlapping);

        EncoderWeights weights = pool.RentWeights(Shape), others = pool.RentWeights(Shape);
        Assert.NotSame(weights, others);
        pool.Return(weights);
        pool.Return(others);
        Assert.Same(others, pool.RentWeights(Shape with { Tokens = 7 })); // they know no shape
        Assert.NotSame(weights, pool.RentWeights(Shape with { Dtype = ScalarType.BFloat16 }));
        Assert.Same(weights, pool.RentWeights(Shape));
        pool.Return(weights);
        pool.Return(others);
    }

    [Fact]
    public void What_lies_idle_beside_the_one_used_last_is_bounded()
    {
        using var pool = new EncoderWorkspacePool();
        EncoderShape[] shapes = [.. Enumerable.Range(0, 4).Select(i => Large with { Tokens = 128 - i })];
        EncoderWorkspace[] used = [.. shapes.Select(shape =>
        {
            EncoderWorkspace workspace = pool.Rent(shape);
            pool.Return(workspace);
            return workspace;
        })];
        Assert.InRange(used[0].Bytes, EncoderWorkspacePool.IdleBytes / 3, EncoderWorkspacePool.IdleBytes / 2);
        Assert.Equal([true, false, false, false], used.Select(IsFree)); // two beside the last

        EncoderShape larger = Large with { Batch = 96 };
        EncoderWorkspace largest = pool.Rent(larger); // the two used last stay beside it
        Assert.Equal([true, true, false, false], used.Select(IsFree));
        pool.Return(largest);
        Assert.Same(largest, pool.Rent(larger));
        pool.Return(largest);
        Assert.False(IsFree(largest)); // kept for the next step, however large

        EncoderWorkspace next = pool.Rent(larger with { Tokens = 120 }); // as large: the other goes before this one is made
        Assert.True(IsFree(largest));
        pool.Return(next);
    }

    [Fact]
    public void Passes_of_alternating_shapes_make_no_buffers()
    {
        using var model = new ElectraModel(Config);
        Tensor[] inputs = [TinyConfig.Ids(1, 8), TinyConfig.Ids(1, 16), TinyConfig.Ids(3, 8), TinyConfig.Ids(2, 24)];
        void Pass(Tensor ids)
        {
            using var scope = NewDisposeScope();
            model.forward(ids).sum().backward();
            using var noGradient = no_grad();
            model.forward(ids);
        }

        foreach (Tensor ids in inputs) Pass(ids);
        object[] before = Kept(Pool(model));
        for (int run = 0; run < 3; run++)
        {
            foreach (Tensor ids in inputs) Pass(ids);
        }

        object[] after = Kept(Pool(model));
        Assert.Equal((2 * inputs.Length) + 1, before.Length);
        Assert.All(after, kept => Assert.Contains(before, one => ReferenceEquals(one, kept)));
        Assert.Equal(before.Length, after.Length);
        foreach (Tensor ids in inputs) ids.Dispose();
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
            EncoderWeights weights = pool.RentWeights(shape);
            int spoilt = Spoil(workspace, weights);
            Assert.InRange(spoilt, 30, 100);
            pool.Return(workspace);
            pool.Return(weights);
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

    private static bool IsFree(EncoderWorkspace workspace) => workspace.Scratch.Branch.IsInvalid && workspace.Activations(0).Query.IsInvalid;

    /// <summary>All that lies idle.</summary>
    private static object[] Kept(EncoderWorkspacePool pool)
    {
        const BindingFlags Any = BindingFlags.NonPublic | BindingFlags.Instance;
        return [.. typeof(EncoderWorkspacePool).GetFields(Any).Select(field => field.GetValue(pool)!)
            .SelectMany(kind => ((System.Collections.IEnumerable)kind.GetType().GetField("_idle", Any)!.GetValue(kind)!).Cast<object>())];
    }

    /// <summary>Puts NaN into every buffer; gives their number.</summary>
    private static int Spoil(EncoderWorkspace workspace, EncoderWeights weights)
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        object[] holders =
        [
            workspace.Scratch, .. Enumerable.Range(0, workspace.Shape.Layers).Select(layer => weights[layer]),
            .. Enumerable.Range(0, workspace.Shape.Layers).Select(layer => workspace.Activations(layer)),
        ];
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
