using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

public class ParameterCopiesTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)] // some parameters are frozen, which have no copies
    [InlineData(false, true)] // recomputed layers take the parameters themselves
    public void Computing_with_copies_gives_what_casting_gives(bool frozen, bool recompute)
    {
        float[] cast = Train(copies: false, frozen, recompute), copied = Train(copies: true, frozen, recompute);
        // The word table's gradients, of decoder and look-up, are added in another order.
        Assert.InRange(cast.Zip(copied, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-6f);
    }

    [Fact]
    public void Copies_are_used_within_a_step_alone()
    {
        using var folder = new TemporaryFolder();
        using PretrainingRun run = Run(folder, copies: true, frozen: false, recompute: false);
        int castInStep = OperatorTrace.Of(run.Trainer.Step).Count(name => name == "aten::_to_copy");
        using var other = new TemporaryFolder();
        using PretrainingRun casting = Run(other, copies: false, frozen: false, recompute: false);
        casting.Trainer.Step();
        int castWithout = OperatorTrace.Of(casting.Trainer.Step).Count(name => name == "aten::_to_copy");
        Assert.True(castInStep < castWithout / 2, $"{castInStep} casts with copies, {castWithout} without");

        // After the update the parameters are others than the copies were made of.
        run.Model.Train(false);
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = arange(5, 29).view(1, 24);
        Tensor before = run.Model.Generator.forward(ids);
        using (no_grad())
            foreach ((_, Tensor parameter) in run.Model.NamedParameters()) parameter.mul_(2);
        Assert.False(before.equal(run.Model.Generator.forward(ids)).all().item<bool>());
    }

    private static float[] Train(bool copies, bool frozen, bool recompute)
    {
        using var folder = new TemporaryFolder();
        using PretrainingRun run = Run(folder, copies, frozen, recompute);
        for (int i = 0; i < 4; i++) run.Trainer.Step();
        return run.Weights();
    }

    private static PretrainingRun Run(TemporaryFolder folder, bool copies, bool frozen, bool recompute)
    {
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 6, microBatch: 4) with { Precision = TrainingPrecision.BFloat16 };
        return new PretrainingRun(folder, options, prepare: model =>
        {
            (model.UseFusedKernels, model.CopiesParameters) = (false, copies);
            (model.Generator.Electra.RecomputeActivations, model.Discriminator.Electra.RecomputeActivations) = (recompute, recompute);
            if (!frozen) return;
            foreach ((string name, var parameter) in model.NamedParameters())
                if (name.Contains("layer.0.attention", StringComparison.Ordinal)) parameter.requires_grad = false;
        });
    }
}
