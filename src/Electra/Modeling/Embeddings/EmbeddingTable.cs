using Electra.Native;
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

    /// <summary>Checks ids on a CPU, whose kernels take them on trust.</summary>
    /// <exception cref="ArgumentException">One is no row of the table.</exception>
    public void RequireRows(Tensor ids, string name)
    {
        if (IdRange.Of(ids) is not { } range || range.IsWithin(_weight.size(0))) return;
        throw new ArgumentException(
            $"Ids from {range.Lowest} to {range.Highest} were looked up in a table of {_weight.size(0)} rows; does the tokenizer belong to the model?", name);
    }

    /// <summary>Looks up rows; on a CPU, an id that is none is an error of libtorch's.</summary>
    public Tensor forward(Tensor ids)
    {
        Span<ulong> stack =
        [
            Aten.Argument(_weight), Aten.Argument(ids), unchecked((ulong)_paddingId),
            0, 0, // scale_grad_by_freq, sparse
        ];
        Aten.Call("aten::embedding"u8, default, stack);
        return Aten.Result(stack[0]); // (..., size)
    }
}
