using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Inference;

/// <summary>What a question answering model says of windows, as one row of numbers each; of either style of head.</summary>
internal static class SpanOutputs
{
    /// <summary>Runs the model.</summary>
    /// <returns>float32 (rows, numbers), to be read by <see cref="Read"/></returns>
    public static Tensor Of(ElectraForQuestionAnswering model, TokenRows rows, AnswerOptions options)
    {
        if (model.Config.HeadStyle == HeadStyle.Google)
            return model.Beam(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds, options.BestSize).Flatten();
        (Tensor starts, Tensor ends) = model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds);
        return cat([starts, ends], 1); // (rows, 2 seq)
    }

    /// <summary>Reads a row.</summary>
    /// <param name="style">Of the head.</param>
    /// <param name="output">The row.</param>
    /// <param name="length">Tokens of the window.</param>
    /// <param name="options">How many starts and ends.</param>
    public static WindowScores Read(HeadStyle style, ReadOnlySpan<float> output, int length, AnswerOptions options) =>
        style == HeadStyle.Google
            ? WindowScores.OfBeam(output, length, options.BestSize)
            : WindowScores.OfStartsAndEnds(output, length, options.BestSize);
}
