using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Optimization;

/// <summary>
/// Brings the singular values of some matrices of one shape near to 1, all at once: five times a polynomial of degree 5 whose coefficients are Jordan et
/// al.'s (2024). It keeps its buffers.
/// </summary>
internal sealed class Orthogonalization : IDisposable
{
    private const double A = 3.4445, B = -4.7750, C = 2.0315;

    private readonly int _iterations;
    private readonly bool _isTall;
    private readonly Tensor _matrices, _product, _square, _polynomial;

    /// <summary>Makes the buffers.</summary>
    /// <param name="count">How many matrices.</param>
    /// <param name="rows">Of each.</param>
    /// <param name="columns">Of each.</param>
    /// <param name="iterations">Of the polynomial.</param>
    /// <param name="dtype">That products are computed in.</param>
    /// <param name="device">Where.</param>
    public Orthogonalization(long count, long rows, long columns, int iterations, ScalarType dtype, Device device)
    {
        (_iterations, _isTall) = (iterations, rows > columns);
        (long least, long most) = (Math.Min(rows, columns), Math.Max(rows, columns));
        Tensor Buffer(long width) => empty([count, least, width], dtype, device).DetachFromDisposeScope();
        (_matrices, _product, _square, _polynomial) = (Buffer(most), Buffer(most), Buffer(least), Buffer(least));
    }

    /// <summary>Makes them orthogonal.</summary>
    /// <param name="matrices">(count, rows, columns) float32</param>
    /// <returns>(count, rows, columns), of the dtype of products; valid until the next call</returns>
    public Tensor Of(Tensor matrices)
    {
        using var scope = NewDisposeScope();
        Tensor norms = matrices.flatten(1).norm(1, keepdim: true).unsqueeze(-1).clamp_min(Scalars.Of(1e-12)); // (count, 1, 1)
        Tensor scaled = matrices.div(norms);
        _matrices.copy_(_isTall ? scaled.transpose(1, 2) : scaled);
        for (int i = 0; i < _iterations; i++)
        {
            MatrixProducts.MultiplyEachByTransposed(_matrices, _matrices, _square);                       // X Xt
            MatrixProducts.MultiplyEach(_square, _square, _polynomial);
            _polynomial.mul_(Scalars.Of(C)).add_(_square, Scalars.Of(B));                                 // B X Xt + C (X Xt)^2
            MatrixProducts.MultiplyEach(_polynomial, _matrices, _product);
            _matrices.mul_(Scalars.Of(A)).add_(_product, Scalars.One);
        }

        return (_isTall ? _matrices.transpose(1, 2) : _matrices.alias()).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (Tensor buffer in (Tensor[])[_matrices, _product, _square, _polynomial]) buffer.Dispose();
    }
}
