using Electra.Modeling;

namespace Electra.Samples.Convert.Options;

/// <summary>What models are called on the command line, and their classes.</summary>
internal static class HeadNames
{
    private static readonly (string Name, string Class)[] Known =
    [
        ("encoder", nameof(ElectraModel)), ("discriminator", nameof(ElectraForPreTraining)), ("generator", nameof(ElectraForMaskedLM)),
        ("sequence-classification", nameof(ElectraForSequenceClassification)), ("token-classification", nameof(ElectraForTokenClassification)),
        ("question-answering", nameof(ElectraForQuestionAnswering)), ("multiple-choice", nameof(ElectraForMultipleChoice)),
    ];

    /// <summary>The names.</summary>
    public static string[] All { get; } = [.. Known.Select(head => head.Name)];

    /// <summary>The class of a name.</summary>
    public static string ClassOf(string name) => Known.First(head => head.Name == name).Class;
}
