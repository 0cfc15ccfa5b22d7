using Electra.Configuration;

namespace Electra.Inference;

/// <summary>What a model's labels are called.</summary>
internal static class LabelNaming
{
    /// <summary>The names by index; those that a config lacks as Hugging Face calls them.</summary>
    public static string[] Of(ElectraConfig config) =>
        [.. Enumerable.Range(0, config.NumLabels).Select(label => config.Id2Label?.GetValueOrDefault(label) ?? $"LABEL_{label}")];
}
