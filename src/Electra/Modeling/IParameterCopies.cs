using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Parameters in another element type, kept.</summary>
internal interface IParameterCopies
{
    /// <summary>The copy of a parameter in that type; null where there is none, or where it has the type itself.</summary>
    Tensor? Find(Parameter parameter, ScalarType dtype);
}
