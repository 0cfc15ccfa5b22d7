namespace Electra.Benchmarks.Measurements.Gemm;

/// <summary>
/// A matrix product that a model makes: <c>Batch</c> times (Rows x Inner) by (Inner x Columns). Where the right side is a weight, training
/// makes two more products of the same size.
/// </summary>
/// <param name="Name">snake_case.</param>
/// <param name="Rows">Rows of the left side.</param>
/// <param name="Columns">Columns of the right side.</param>
/// <param name="Inner">What both share.</param>
/// <param name="Count">How often a forward pass makes it.</param>
/// <param name="Batch">How many at once; 1 for a product with a weight.</param>
internal sealed record ModelProduct(string Name, long Rows, long Columns, long Inner, int Count, long Batch = 1)
{
    /// <summary>Operations of one such product, multiply-add = 2.</summary>
    public double Flops => 2.0 * Batch * Rows * Columns * Inner;
}
