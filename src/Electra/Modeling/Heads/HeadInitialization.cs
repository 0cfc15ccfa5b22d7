namespace Electra.Modeling;

/// <summary>What the weights of a fresh head start from. Biases are 0.</summary>
public enum HeadInitialization
{
    /// <summary>Uniform within sqrt(6 / (inputs + outputs)), as in Google's code (Glorot and Bengio 2010).</summary>
    Glorot,

    /// <summary>Normal with the config's <c>initializer_range</c> as standard deviation, as in Hugging Face.</summary>
    Normal,
}
