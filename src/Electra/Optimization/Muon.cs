using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Optimization;

/// <summary>
/// Muon over the matrices of a range of <see cref="FlatParameters"/>, those of one shape at once. Its momentum is kept where AdamW has its first moment.
/// </summary>
internal sealed class Muon : IDisposable
{
    private readonly MuonOptions _options;
    private readonly ParameterGroup _group;
    private readonly Shape[] _shapes;

    /// <summary>Prepares the updates of a range.</summary>
    /// <param name="parameters">Whose range it is.</param>
    /// <param name="range">The range; its parameters are matrices.</param>
    /// <param name="momentum">As the parameters' values.</param>
    /// <param name="options">The constants.</param>
    /// <param name="dtype">That products are computed in.</param>
    public Muon(FlatParameters parameters, FlatParameterRange range, Tensor momentum, MuonOptions options, ScalarType dtype)
    {
        (_options, _group) = (options, range.Group);
        _shapes = [.. parameters.Entries
            .Where(entry => entry.Offset >= range.Offset && entry.Offset < range.Offset + range.Length)
            .GroupBy(entry => (Rows: entry.Shape[0], Columns: entry.Shape[1]))
            .Select(same => new Shape(
                [.. same.Select(entry => new Matrix(Kept(entry, parameters.Values), Kept(entry, parameters.Gradients), Kept(entry, momentum)))],
                new Orthogonalization(same.Count(), same.Key.Rows, same.Key.Columns, options.Iterations, dtype, momentum.device),
                options.UpdateScale * Math.Sqrt(Math.Max(same.Key.Rows, same.Key.Columns))))];
    }

    /// <summary>Makes one update.</summary>
    /// <param name="learningRate">The schedule's.</param>
    /// <param name="scale">What gradients are divided by, () float32; null for 1.</param>
    /// <param name="isSkipped">Whether nothing is to change, () bool on the device; null for an update that is known to be made.</param>
    public void Step(double learningRate, Tensor? scale, Tensor? isSkipped)
    {
        double rate = learningRate * _group.LearningRateMultiplier;
        foreach (Shape shape in _shapes)
        {
            using var scope = NewDisposeScope();
            foreach (Matrix matrix in shape.Matrices)
            {
                if (scale is not null) matrix.Gradient.div_(scale);
                if (isSkipped is not null) matrix.Gradient.masked_fill_(isSkipped, Scalars.Of(0.0));
                Multiply(matrix.Momentum, _options.Momentum, isSkipped);
                matrix.Momentum.add_(matrix.Gradient, Scalars.One);
            }

            Tensor momenta = stack([.. shape.Matrices.Select(matrix => matrix.Momentum)]);               // (count, rows, columns)
            if (_options.Nesterov)
                momenta.mul_(Scalars.Of(_options.Momentum)).add_(stack([.. shape.Matrices.Select(matrix => matrix.Gradient)]), Scalars.One);
            Tensor updates = shape.Orthogonalization.Of(momenta);
            if (isSkipped is not null) updates = updates.masked_fill(isSkipped, Scalars.Of(0.0));
            for (int i = 0; i < shape.Matrices.Length; i++)
            {
                Tensor values = shape.Matrices[i].Values;
                if (_group.WeightDecay != 0) Multiply(values, 1 - (rate * _group.WeightDecay), isSkipped);
                values.add_(updates.select(0, i), Scalars.Of(-rate * shape.Scale));
            }
        }
    }

    public void Dispose()
    {
        foreach (Shape shape in _shapes)
        {
            shape.Orthogonalization.Dispose();
            foreach (Matrix matrix in shape.Matrices) matrix.Dispose();
        }
    }

    // By a factor, or by 1 where the update is left out.
    private static void Multiply(Tensor values, double factor, Tensor? isSkipped)
    {
        if (isSkipped is null) values.mul_(Scalars.Of(factor));
        else values.mul_(full([], Scalars.Of(factor), values.dtype, values.device).masked_fill_(isSkipped, Scalars.Of(1.0)));
    }

    private static Tensor Kept(FlatParameter entry, Tensor flat) => entry.View(flat).DetachFromDisposeScope();

    private sealed record Shape(Matrix[] Matrices, Orthogonalization Orthogonalization, double Scale);

    private sealed record Matrix(Tensor Values, Tensor Gradient, Tensor Momentum) : IDisposable
    {
        public void Dispose()
        {
            Values.Dispose();
            Gradient.Dispose();
            Momentum.Dispose();
        }
    }
}
