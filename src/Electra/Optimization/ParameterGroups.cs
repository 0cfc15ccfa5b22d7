using System.Globalization;
using System.Text.RegularExpressions;

namespace Electra.Optimization;

/// <summary>Pure rules that put a parameter, known by its state-dict name, into a <see cref="ParameterGroup"/>.</summary>
public static partial class ParameterGroups
{
    /// <summary>Whether a parameter is decayed: everything except layer norms and biases. Embeddings are.</summary>
    /// <param name="name">A state-dict name, with or without a prefix.</param>
    public static bool IsDecayed(string name) => !Undecayed().IsMatch(name);

    /// <summary>The rule for pre-training: <paramref name="weightDecay"/> except for layer norms and biases, one rate for all.</summary>
    public static Func<string, ParameterGroup> WithDecay(double weightDecay) =>
        name => new ParameterGroup(IsDecayed(name) ? weightDecay : 0);

    /// <summary>
    /// The rule for fine-tuning: as <see cref="WithDecay"/>, with a rate that shrinks from the head down to the embeddings
    /// (<see cref="LayerwiseMultiplier"/>).
    /// </summary>
    public static Func<string, ParameterGroup> WithLayerwiseDecay(double weightDecay, int layers, double layerwiseLearningRateDecay) =>
        name => new ParameterGroup(IsDecayed(name) ? weightDecay : 0, LayerwiseMultiplier(name, layers, layerwiseLearningRateDecay));

    /// <summary>
    /// The paper's layer-wise rate: <c>decay^(layers + 2 - depth)</c>, where the embeddings and their projection have depth 0,
    /// encoder layer i has depth i + 1 and a head has depth layers + 2, hence multiplier 1.
    /// </summary>
    /// <param name="name">A state-dict name, with or without a prefix such as <c>electra.</c>.</param>
    /// <param name="layers">Number of encoder layers.</param>
    /// <param name="decay">In (0, 1]; the paper has 0.8 for small and base, 0.9 for large.</param>
    public static double LayerwiseMultiplier(string name, int layers, double decay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        if (decay is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must be in (0, 1].");
        int depth = layers + 2;
        if (Embeddings().IsMatch(name)) depth = 0;
        else if (EncoderLayer().Match(name) is { Success: true } layer)
        {
            depth = int.Parse(layer.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + 1;
            if (depth > layers)
                throw new ArgumentException($"'{name}' belongs to layer {depth - 1}, but there are only {layers} layers.", nameof(name));
        }

        return Math.Pow(decay, layers + 2 - depth);
    }

    [GeneratedRegex("LayerNorm|layer_norm|bias")]
    private static partial Regex Undecayed();

    [GeneratedRegex(@"(^|\.)embeddings(_project)?(\.|$)")]
    private static partial Regex Embeddings();

    [GeneratedRegex(@"(?:^|\.)encoder\.layer\.(\d+)(?:\.|$)")]
    private static partial Regex EncoderLayer();
}
