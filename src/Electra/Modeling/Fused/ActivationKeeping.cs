namespace Electra.Modeling;

/// <summary>How much of a forward pass is kept for the backward pass.</summary>
internal enum ActivationKeeping
{
    /// <summary>Nothing: there is none.</summary>
    None,

    /// <summary>The input of each layer; the rest is computed again.</summary>
    LayerInputs,

    /// <summary>All that it needs.</summary>
    All,
}
