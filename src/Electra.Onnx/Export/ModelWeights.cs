using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Onnx;

/// <summary>The parameters of a model by their names, in the memory of the host.</summary>
/// <param name="model">On any device.</param>
internal sealed class ModelWeights(nn.Module model)
{
    private readonly Dictionary<string, Parameter> _parameters = model.named_parameters().ToDictionary(item => item.name, item => item.parameter);

    /// <summary>The sizes of one.</summary>
    public long[] Shape(string name) => _parameters[name].shape;

    /// <summary>The numbers of one, row after row.</summary>
    /// <exception cref="InvalidDataException">Some are infinite or none at all.</exception>
    public float[] Read(string name) => Values(name, parameter => parameter);

    /// <summary>The numbers of a matrix, column after column.</summary>
    /// <exception cref="InvalidDataException">Some are infinite or none at all.</exception>
    public float[] ReadTransposed(string name) => Values(name, parameter => parameter.t());

    private float[] Values(string name, Func<Tensor, Tensor> view)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = view(_parameters[name].detach()).to(ScalarType.Float32).cpu().contiguous();
        float[] read = MemoryMarshal.Cast<byte, float>(values.bytes).ToArray();
        foreach (float value in read)
            if (!float.IsFinite(value)) throw new InvalidDataException($"'{name}' of the model holds {value}: a training that has gone wrong is not exported.");
        return read;
    }
}
