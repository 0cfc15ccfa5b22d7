using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Rows times a transposed weight: in a buffer that exists already, or where that is faster in memory of its own until it is disposed.</summary>
internal readonly ref struct LinearProduct
{
    private readonly Tensor? _own;

    /// <param name="rows">(rows, inputs)</param>
    /// <param name="weight">The weight.</param>
    /// <param name="buffer">(rows, outputs), or the columns of a prepared weight; written unless the product has memory of its own.</param>
    /// <param name="mustKeep">Whether it must be in the buffer; the same bits either way.</param>
    public LinearProduct(Tensor rows, WeightMatrix weight, Tensor buffer, bool mustKeep = false)
    {
        Value = buffer;
        if (weight.IsTransposed)
        {
            MatrixProducts.Multiply(rows, weight.Values, buffer);
            return;
        }

        if (!OneDnn.MakesLinear || rows.dtype != ScalarType.Float32)
        {
            MatrixProducts.MultiplyByTransposed(rows, weight.Values, buffer);
            return;
        }

        Tensor product = OneDnn.Linear(rows, weight.Values);
        if (!mustKeep)
        {
            Value = _own = product;
            return;
        }

        MatrixProducts.Copy(product, buffer);
        product.Dispose();
    }

    /// <summary>As the buffer.</summary>
    public Tensor Value { get; }

    public void Dispose() => _own?.Dispose();
}
