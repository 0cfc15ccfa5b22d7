namespace Electra.Modeling;

/// <summary>A module whose own float32 parameters meet inputs of the compute dtype.</summary>
internal interface ICastsParameters
{
    /// <summary>Copies that save it the casts; null: there are none.</summary>
    IParameterCopies? Copies { set; }
}
