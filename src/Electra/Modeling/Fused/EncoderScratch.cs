using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Buffers that one layer after the other uses within a pass. Those for the backward pass exist only where there is one.</summary>
internal sealed class EncoderScratch : IDisposable
{
    private readonly List<Tensor> _all = [];

    public EncoderScratch(EncoderShape shape)
    {
        Tensor Make(params long[] size)
        {
            Tensor buffer = EncoderWorkspace.Buffer(shape.Dtype, size);
            _all.Add(buffer);
            return buffer;
        }

        (long rows, long hidden, long each) = (shape.Rows, shape.Hidden, shape.Batch * shape.Heads);
        Projected = Make(rows, 3 * hidden);
        Attended = Make(each, shape.Tokens, shape.Tokens);
        ContextHeads = Make(each, shape.Tokens, shape.HeadSize);
        Branch = Make(rows, hidden);
        Activated = Make(rows, shape.Intermediate);
        if (shape.Keeping == ActivationKeeping.None) return;
        Residual = Make(rows, hidden);
        GradLower = Make(rows, hidden);
        GradContext = Make(rows, hidden);
        GradScores = Make(each, shape.Tokens, shape.Tokens);
        GradQuery = Make(each, shape.Tokens, shape.HeadSize);
        GradKey = Make(each, shape.Tokens, shape.HeadSize);
        GradValue = Make(each, shape.Tokens, shape.HeadSize);
        GradActivated = Make(rows, shape.Intermediate);
        GradQkvWeight = Make(3 * hidden, hidden);
        GradHiddenWeight = Make(hidden, hidden);
        GradIntermediateWeight = Make(shape.Intermediate, hidden);
        GradOutputWeight = Make(hidden, shape.Intermediate);
    }

    /// <summary>As much as some sequences need in a forward pass, as views.</summary>
    public EncoderScratch(EncoderScratch whole, SequenceRange range)
    {
        Tensor Part(Tensor buffer)
        {
            Tensor part = range.Of(buffer);
            _all.Add(part);
            return part;
        }

        Projected = Part(whole.Projected);
        Attended = Part(whole.Attended);
        ContextHeads = Part(whole.ContextHeads);
        Branch = Part(whole.Branch);
        Activated = Part(whole.Activated);
    }

    /// <summary>Query, key and value side by side, or their gradients. (rows, 3 hidden)</summary>
    public Tensor Projected { get; }

    /// <summary>Attention probabilities after dropout. (batch x heads, tokens, tokens)</summary>
    public Tensor Attended { get; }

    /// <summary>The context head by head, or its gradient. (batch x heads, tokens, size)</summary>
    public Tensor ContextHeads { get; }

    /// <summary>What is added to a residual, or its gradient. (rows, hidden)</summary>
    public Tensor Branch { get; }

    /// <summary>After gelu. (rows, intermediate)</summary>
    public Tensor Activated { get; }

    /// <summary>The gradient that goes around a block. (rows, hidden)</summary>
    public Tensor Residual { get; } = null!;

    /// <summary>The gradient that goes through a block; their sum is the gradient of its input. (rows, hidden)</summary>
    public Tensor GradLower { get; } = null!;

    /// <summary>(rows, hidden)</summary>
    public Tensor GradContext { get; } = null!;

    /// <summary>(batch x heads, tokens, tokens)</summary>
    public Tensor GradScores { get; } = null!;

    /// <summary>(batch x heads, tokens, size)</summary>
    public Tensor GradQuery { get; } = null!;

    /// <summary>(batch x heads, tokens, size)</summary>
    public Tensor GradKey { get; } = null!;

    /// <summary>(batch x heads, tokens, size)</summary>
    public Tensor GradValue { get; } = null!;

    /// <summary>(rows, intermediate)</summary>
    public Tensor GradActivated { get; } = null!;

    /// <summary>(3 hidden, hidden)</summary>
    public Tensor GradQkvWeight { get; } = null!;

    /// <summary>(hidden, hidden)</summary>
    public Tensor GradHiddenWeight { get; } = null!;

    /// <summary>(intermediate, hidden)</summary>
    public Tensor GradIntermediateWeight { get; } = null!;

    /// <summary>(hidden, intermediate)</summary>
    public Tensor GradOutputWeight { get; } = null!;

    /// <summary>All of them.</summary>
    public IReadOnlyList<Tensor> Buffers => _all;

    public void Dispose()
    {
        foreach (Tensor buffer in _all) buffer.Dispose();
    }
}
