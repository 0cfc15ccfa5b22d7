using Electra.Native;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Rows looked up by id. The row of <c>paddingId</c> gets no gradient from the look-up, as in Hugging Face.</summary>
internal sealed class EmbeddingTable : StationaryModule
{
    private readonly long _paddingId;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // (rows, size)

    public EmbeddingTable(Initializer initializer, long rows, long size, long paddingId = -1)
        : base(nameof(EmbeddingTable))
    {
        _paddingId = paddingId;
        _weight = initializer.TruncatedNormal(rows, size);
        RegisterComponents();
    }

    public Parameter Weight => _weight;

    /// <summary>The row that gets no gradient from the look-up; -1 for none.</summary>
    public long PaddingId => _paddingId;

    /// <summary>Checks ids on a CPU.</summary>
    /// <exception cref="ArgumentException">One is no row of the table.</exception>
    public unsafe void RequireRows(Tensor ids)
    {
        using Tensor whole = ids.contiguous();
        var values = new ReadOnlySpan<long>((void*)Aten.DataPointer(whole), checked((int)whole.numel()));
        (long lowest, long highest) = (long.MaxValue, long.MinValue);
        foreach (long id in values) (lowest, highest) = (Math.Min(lowest, id), Math.Max(highest, id));
        if (lowest < 0 || highest >= _weight.size(0)) throw NoRow(lowest, highest, null);
    }

    /// <exception cref="ArgumentException">An id is no row of the table (known at once on a CPU only).</exception>
    public Tensor forward(Tensor ids)
    {
        Span<ulong> stack =
        [
            Aten.Argument(_weight), Aten.Argument(ids), unchecked((ulong)_paddingId),
            0, 0, // scale_grad_by_freq, sparse
        ];
        try
        {
            Aten.Call("aten::embedding"u8, default, stack);
        }
        catch (InvalidOperationException error) when (ids.device_type == DeviceType.CPU)
        {
            throw OutOfRange(ids, error);
        }

        return Aten.Result(stack[0]); // (..., size)
    }

    private ArgumentException NoRow(long lowest, long highest, Exception? cause) => new(
        $"Ids from {lowest} to {highest} were looked up in a table of {_weight.size(0)} rows; does the tokenizer belong to the model?", cause);

    private ArgumentException OutOfRange(Tensor ids, InvalidOperationException error)
    {
        using DisposeScope scope = NewDisposeScope();
        return NoRow(ids.min().item<long>(), ids.max().item<long>(), error);
    }
}
