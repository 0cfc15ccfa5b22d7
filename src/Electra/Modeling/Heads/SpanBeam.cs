using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The best starts of answers, and how good each token is as the end of each.</summary>
/// <param name="Starts">int64 (batch, starts)</param>
/// <param name="StartScores">Logarithms of probabilities, float32 (batch, starts)</param>
/// <param name="EndScores">Logarithms of probabilities, float32 (batch, starts, seq)</param>
/// <param name="NoAnswer">Logits, float32 (batch)</param>
internal sealed record SpanBeam(Tensor Starts, Tensor StartScores, Tensor EndScores, Tensor NoAnswer)
{
    /// <summary>All as numbers of one row: how many starts, the starts, their scores, those of the ends of each, no answer. float32 (batch, numbers)</summary>
    public Tensor Flatten()
    {
        Tensor width = full_like(NoAnswer, Scalars.Of(Starts.shape[1])).unsqueeze(1);
        return cat([width, Starts.to(ScalarType.Float32), StartScores, EndScores.flatten(1), NoAnswer.unsqueeze(1)], 1);
    }
}
