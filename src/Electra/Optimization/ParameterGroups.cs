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
    /// The rule for pre-training with one rate for all widths: as <see cref="WithDecay"/>, and the matrices between hidden layers are trained at the rate
    /// times <paramref name="rateWidth"/> / width (Yang et al. 2022, arXiv 2203.03466, table 3, for Adam).
    /// </summary>
    /// <param name="weightDecay">Decoupled decay.</param>
    /// <param name="rateWidth">The width that the rate is meant for; positive.</param>
    /// <param name="width">The width of the network that a name belongs to.</param>
    public static Func<string, ParameterGroup> WithRateByWidth(double weightDecay, double rateWidth, Func<string, double> width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rateWidth);
        return name => new ParameterGroup(IsDecayed(name) ? weightDecay : 0, HiddenMatrix().IsMatch(name) ? rateWidth / width(name) : 1);
    }

    /// <summary>A rule by which the matrices between hidden layers are left to <see cref="MuonOptions"/>, but for the last of replaced token detection, which has one row.</summary>
    /// <param name="rule">Decay and rates.</param>
    public static Func<string, ParameterGroup> WithOrthogonalizedMatrices(Func<string, ParameterGroup> rule) => name => rule(name) with
    {
        IsOrthogonalized = IsHiddenMatrix(name),
    };

    /// <summary>Whether a parameter is a matrix between hidden layers, the last of replaced token detection excepted, which has one row.</summary>
    /// <param name="name">A state-dict name, with or without a prefix.</param>
    internal static bool IsHiddenMatrix(string name) => HiddenMatrix().IsMatch(name) && !name.EndsWith("dense_prediction.weight", StringComparison.Ordinal);

    /// <summary>
    /// The rule for fine-tuning: as <see cref="WithDecay"/>, with a rate that shrinks from the head down to the embeddings
    /// (<see cref="LayerwiseMultiplier"/>).
    /// </summary>
    /// <param name="weightDecay">Decoupled decay.</param>
    /// <param name="layers">Number of encoder layers.</param>
    /// <param name="layerwiseLearningRateDecay">As in <see cref="LayerwiseMultiplier"/>.</param>
    /// <param name="hasExtraPower">As in <see cref="LayerwiseMultiplier"/>.</param>
    public static Func<string, ParameterGroup> WithLayerwiseDecay(
        double weightDecay, int layers, double layerwiseLearningRateDecay, bool hasExtraPower = false) =>
        name => new ParameterGroup(IsDecayed(name) ? weightDecay : 0, LayerwiseMultiplier(name, layers, layerwiseLearningRateDecay, hasExtraPower));

    /// <summary>
    /// The layer-wise rate: 1 for a head, <c>decay</c> for the top layer, <c>decay^2</c> for the one below, and so on; embeddings and their
    /// projection have <c>decay^(layers + 1)</c>. Google's code has one power more everywhere below the head.
    /// </summary>
    /// <param name="name">A state-dict name, with or without a prefix such as <c>electra.</c>.</param>
    /// <param name="layers">Number of encoder layers.</param>
    /// <param name="decay">In (0, 1]; the paper has 0.8 for small and base, 0.9 for large.</param>
    /// <param name="hasExtraPower">Whether everything below the head has one power more. <value>Default: false.</value></param>
    public static double LayerwiseMultiplier(string name, int layers, double decay, bool hasExtraPower = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        if (decay is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must be in (0, 1].");
        int extra = hasExtraPower ? 1 : 0, head = layers + 1 + extra, depth = head;
        if (Embeddings().IsMatch(name)) depth = 0;
        else if (EncoderLayer().Match(name) is { Success: true } layer)
        {
            depth = int.Parse(layer.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + 1;
            if (depth > layers)
                throw new ArgumentException($"'{name}' belongs to layer {depth - 1}, but there are only {layers} layers.", nameof(name));
        }

        return Math.Pow(decay, head - depth);
    }

    [GeneratedRegex(@"(^|\.)(encoder\.layer\.\d+\.(?!.*LayerNorm).*|\w*_predictions\.dense\w*)\.weight$")]
    private static partial Regex HiddenMatrix();

    [GeneratedRegex("LayerNorm|layer_norm|bias")]
    private static partial Regex Undecayed();

    [GeneratedRegex(@"(^|\.)embeddings(_project)?(\.|$)")]
    private static partial Regex Embeddings();

    [GeneratedRegex(@"(?:^|\.)encoder\.layer\.(\d+)(?:\.|$)")]
    private static partial Regex EncoderLayer();
}
