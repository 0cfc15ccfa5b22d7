using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>
/// Losses and gradient norms of updates, and how many were left out, summed on the device to be read every so many updates. Nothing of an update that was
/// left out stays in any figure, the task's included.
/// </summary>
internal sealed class StepSums : IDisposable
{
    private readonly Tensor _sums; // (3) float32: loss, gradient norm, updates made
    private readonly Tensor _skipped; // (2) float32: updates left out since the last read; the last ones, in a row
    private readonly Tensor _loss; // () float32: of the update that is being made
    private readonly Tensor[] _sum, _count; // their elements, (1) each
    private readonly (Tensor Sum, Tensor Before)[] _figures;

    /// <param name="device">Where losses are.</param>
    /// <param name="figures">The task's sums.</param>
    public StepSums(Device device, params IEnumerable<Tensor> figures)
    {
        Tensor Zeros(params long[] shape) => zeros(shape, ScalarType.Float32, device).DetachFromDisposeScope();
        (_sums, _skipped, _loss) = (Zeros(3), Zeros(2), Zeros());
        _sum = [.. Enumerable.Range(0, 3).Select(i => _sums.narrow(0, i, 1).DetachFromDisposeScope())];
        _count = [.. Enumerable.Range(0, 2).Select(i => _skipped.narrow(0, i, 1).DetachFromDisposeScope())];
        _figures = [.. figures.Select(sum => (sum, zeros_like(sum).DetachFromDisposeScope()))];
    }

    /// <summary>What a checkpoint holds.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State => [("steps", _sums), ("skipped", _skipped)];

    /// <summary>The part of it that is the losses; (1). The rest is the same on all ranks.</summary>
    public Tensor Loss => _sum[0];

    /// <summary>Begins an update.</summary>
    public void BeginStep()
    {
        using var _ = no_grad();
        _loss.zero_();
        foreach ((Tensor sum, Tensor before) in _figures) before.copy_(sum);
    }

    /// <summary>Adds the loss of a part. () float32</summary>
    public void AddLoss(Tensor loss)
    {
        using var _ = no_grad();
        _loss.add_(loss, Scalars.One);
    }

    /// <summary>Makes a gradient NaN if the losses of this rank are no number: then the norm of the sum is none on any rank.</summary>
    /// <param name="gradients">Some of them that the ranks have not summed yet.</param>
    public void MarkGradients(Tensor gradients)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        gradients.narrow(0, 0, 1).masked_fill_(_loss.sub(_loss).ne(Scalars.Of(0)), Scalars.Of(float.NaN));
    }

    /// <summary>Ends an update.</summary>
    /// <param name="gradientNorm">() float32</param>
    /// <param name="skipped">1 if it was left out, else 0. () float32</param>
    public void EndStep(Tensor gradientNorm, Tensor skipped)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor isSkipped = skipped.ne(Scalars.Of(0));
        foreach ((Tensor sum, Tensor before) in _figures) Aten.Where(isSkipped, before, sum, sum);
        _sum[0].add_(_loss.masked_fill(isSkipped, Scalars.Of(0.0)), Scalars.One);
        _sum[1].add_(gradientNorm.masked_fill(isSkipped, Scalars.Of(0.0)), Scalars.One);
        _sum[2].add_(Scalars.One, Scalars.One).sub_(skipped);
        _count[0].add_(skipped, Scalars.One);
        _count[1].add_(Scalars.One, Scalars.One).mul_(skipped);
    }

    /// <summary>Waits for the device: how many of the last updates were left out, in a row.</summary>
    public long ReadSkippedInARow()
    {
        using var scope = NewDisposeScope();
        return (long)_skipped.cpu().data<float>()[1];
    }

    /// <summary>Waits for the device: how many updates were made or left out since the last read.</summary>
    public long ReadUpdates()
    {
        using var scope = NewDisposeScope();
        return (long)(_sums.cpu().data<float>()[2] + _skipped.cpu().data<float>()[0]);
    }

    /// <summary>Waits for the device, gives what was summed since the last read, and starts again.</summary>
    public StepFigures Read()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        float[] sums = cat([_sums, _skipped]).cpu().data<float>().ToArray();
        _sums.zero_();
        _count[0].zero_();
        double updates = Math.Max(1, sums[2]);
        return new StepFigures((long)sums[2], sums[0] / updates, sums[1] / updates, (long)sums[3], (long)sums[4]);
    }

    /// <summary>Frees the sums.</summary>
    public void Dispose()
    {
        foreach (Tensor element in (Tensor[])[.. _sum, .. _count, .. _figures.Select(figure => figure.Before), _sums, _skipped, _loss]) element.Dispose();
    }
}
