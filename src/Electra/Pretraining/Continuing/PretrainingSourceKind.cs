namespace Electra.Pretraining;

/// <summary>What the weights that a run begins with were written by.</summary>
public enum PretrainingSourceKind
{
    /// <summary>Hugging Face folders: an encoder's, and perhaps its generator's.</summary>
    Folders,

    /// <summary>The checkpoints of another run of this library.</summary>
    Run,

    /// <summary>A checkpoint of Google's code (TensorFlow 1).</summary>
    Google,
}
