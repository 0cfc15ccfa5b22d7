using System.Text.Json.Serialization;

namespace Electra.Optimization;

/// <summary>The shape of a learning rate over a run.</summary>
public enum LearningRateScheduleKind
{
    /// <summary>Warm-up, then a straight line to zero.</summary>
    Linear,

    /// <summary>Warm-up, then half a cosine to zero.</summary>
    Cosine,

    /// <summary>Warm-up, a stable stretch at the peak, then a straight line to zero. In JSON "Wsd".</summary>
    [JsonStringEnumMemberName("Wsd")]
    WarmupStableDecay,

    /// <summary>Google's code: polynomial decay from the first step, multiplied by the warm-up; the first update has rate 0.</summary>
    Google,

    /// <summary><see cref="Linear"/> as Hugging Face counts it: the first update has rate 0, the one after warm-up the peak.</summary>
    LinearFromZero,
}
