using Electra.Native.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling.Fused;

/// <summary>
/// One post-LN encoder layer on a CPU as a single autograd node: libtorch's matrix products, own kernels for everything between
/// them, and a backward pass written out, so that no intermediate crosses memory more often than it must.
/// </summary>
internal sealed class FusedEncoderLayer : SingleTensorFunction<FusedEncoderLayer>
{
    private const string SettingsKey = "settings";
    private const int ParametersStart = 1;

    /// <inheritdoc/>
    public override string Name => nameof(FusedEncoderLayer);

    /// <summary>
    /// Whether a layer can run this way: float32 or bfloat16 activations on a CPU, the erf gelu, and widths in whole vectors, which every
    /// usual size is.
    /// </summary>
    public static bool Supports(Tensor hidden, int heads, long intermediate, string activation) =>
        hidden.device_type == DeviceType.CPU && activation == "gelu"
        && hidden.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && hidden.shape[^1] % (heads * Simd.Lanes) == 0 && intermediate % Simd.Lanes == 0;

    /// <summary>Runs the layer.</summary>
    /// <param name="hidden">float32 or bfloat16 (batch, tokens, hidden).</param>
    /// <param name="parameters">float32.</param>
    /// <param name="settings">The rest.</param>
    /// <returns>As <paramref name="hidden"/>.</returns>
    public static Tensor Run(Tensor hidden, EncoderLayerParameters parameters, EncoderLayerSettings settings)
    {
        if (is_grad_enabled()) return apply([hidden, .. parameters.ToArray(), settings]);
        using var scope = NewDisposeScope();
        (Tensor output, _) = EncoderLayerForward.Run(hidden, parameters, settings);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var hidden = (Tensor)vars[0];
        var parameters = EncoderLayerParameters.From(vars, ParametersStart);
        var settings = (EncoderLayerSettings)vars[^1];
        (Tensor output, EncoderLayerActivations activations) = EncoderLayerForward.Run(hidden, parameters, settings);
        List<Tensor> saved = [hidden, .. parameters.ToArray(), settings.KeyBias!];
        if (!settings.Recompute)
        {
            Tensor[] kept = activations.ToArray();
            foreach (Tensor tensor in kept) tensor.MoveToOuterDisposeScope();
            saved.AddRange(kept);
        }

        ctx.save_for_backward(saved);
        ctx.save_data(SettingsKey, settings with { KeyBias = null });
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor hidden = saved[0];
        var parameters = EncoderLayerParameters.From([.. saved], ParametersStart);
        int next = ParametersStart + EncoderLayerParameters.Count;
        var settings = (EncoderLayerSettings)ctx.get_data(SettingsKey) with { KeyBias = saved[next] };
        EncoderLayerActivations activations = settings.Recompute
            ? EncoderLayerForward.Run(hidden, parameters, settings).Activations
            : EncoderLayerActivations.From(saved, next + 1);
        List<Tensor> gradients = EncoderLayerBackward.Run(hidden, parameters, settings, activations, grad_output);
        foreach (Tensor gradient in gradients) gradient.MoveToOuterDisposeScope();
        gradients.Add(null!); // the settings
        return gradients;
    }
}
