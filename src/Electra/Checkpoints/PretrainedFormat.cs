namespace Electra.Checkpoints;

/// <summary>In which kind of file the weights of a pretrained folder are.</summary>
public enum PretrainedFormat
{
    /// <summary><c>model.safetensors</c>, what every program of today reads.</summary>
    Safetensors,

    /// <summary><c>pytorch_model.bin</c>, for programs from before 2023.</summary>
    PyTorch,
}
