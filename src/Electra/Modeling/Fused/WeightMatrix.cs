using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>A weight as a product takes it.</summary>
/// <param name="Values">
/// (outputs, inputs); where <paramref name="IsTransposed"/> (inputs, outputs), with some columns of zeros at the end where <see cref="Columns"/> says so.
/// </param>
/// <param name="IsTransposed">Whether it lies as oneDNN reads it, which otherwise copies it so in every product: most of the work where rows are few.</param>
internal readonly record struct WeightMatrix(Tensor Values, bool IsTransposed = false)
{
    // Beyond, a block of columns is spread over so many pages that reading it costs more than the copy, from some 32 rows on.
    private const long MostInputs = 1024;

    private const long Step = 512; // columns: rows that lie a multiple of 2 KB apart would get into each other's way in caches, and oneDNN copies them
    private const long Padding = 32;

    /// <summary>Whether a prepared weight is transposed; the same bits either way.</summary>
    public static bool Transposes(ScalarType dtype, long inputs, long columns) =>
        OneDnn.Multiplies && dtype == ScalarType.Float32 && inputs <= MostInputs && columns % Step != 0;

    /// <summary>The columns of a product with a prepared weight whose reader skips what is too many.</summary>
    public static long Columns(ScalarType dtype, long inputs, long outputs)
    {
        long padded = outputs % Step == 0 ? outputs + Padding : outputs;
        return Transposes(dtype, inputs, padded) ? padded : outputs;
    }

    /// <summary>Made of parameters (outputs, inputs) that are computed with as one.</summary>
    /// <param name="dtype">Of the products.</param>
    /// <param name="isPadded">Whether the product may have columns too many.</param>
    /// <param name="parameters">float32.</param>
    public static WeightMatrix Prepare(ScalarType dtype, bool isPadded, params ReadOnlySpan<Tensor> parameters)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        (long outputs, long inputs) = (parameters.Length * parameters[0].size(0), parameters[0].size(1));
        long columns = isPadded ? Columns(dtype, inputs, outputs) : outputs;
        bool isTransposed = Transposes(dtype, inputs, columns);
        if (!isTransposed && parameters.Length == 1 && parameters[0].dtype == dtype) return new WeightMatrix(parameters[0]);
        Tensor values = isTransposed ? zeros(inputs, columns, dtype) : empty(outputs, inputs, dtype);
        Tensor rows = isTransposed ? values.t() : values;
        for (int i = 0; i < parameters.Length; i++) rows.narrow(0, i * (outputs / parameters.Length), outputs / parameters.Length).copy_(parameters[i]);
        return new WeightMatrix(values.DetachFromDisposeScope(), isTransposed);
    }
}
