namespace Electra.Onnx;

/// <summary>A matrix in 8 bits a number: of each row the largest one, by its size, is 127 times the row's scale.</summary>
/// <param name="Values">Row after row, from -127 to 127.</param>
/// <param name="Scales">One a row.</param>
internal sealed record QuantizedRows(sbyte[] Values, float[] Scales)
{
    /// <summary>The largest byte.</summary>
    public const int Largest = 127;

    /// <summary>Rounds a matrix.</summary>
    /// <param name="values">Row after row.</param>
    /// <param name="rows">How many.</param>
    public static QuantizedRows Of(float[] values, long rows)
    {
        int width = (int)(values.Length / rows);
        var quantized = new QuantizedRows(new sbyte[values.Length], new float[rows]);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> given = values.AsSpan(row * width, width);
            float highest = 0;
            foreach (float value in given) highest = Math.Max(highest, Math.Abs(value));
            float scale = quantized.Scales[row] = highest == 0 ? 1 : highest / Largest;
            for (int i = 0; i < width; i++) quantized.Values[(row * width) + i] = (sbyte)Math.Clamp(MathF.Round(given[i] / scale), -Largest, Largest);
        }

        return quantized;
    }

    /// <summary>The numbers column after column.</summary>
    public byte[] Transposed()
    {
        int rows = Scales.Length, width = Values.Length / rows;
        byte[] transposed = new byte[Values.Length];
        for (int row = 0; row < rows; row++)
            for (int i = 0; i < width; i++) transposed[(i * rows) + row] = (byte)Values[(row * width) + i];
        return transposed;
    }

    /// <summary>The numbers row after row.</summary>
    public byte[] Bytes() => [.. System.Runtime.InteropServices.MemoryMarshal.AsBytes(Values.AsSpan())];
}
