using System.Text.Json;
using System.Text.Json.Serialization;
using Electra.Files;

namespace Electra.Inference;

/// <summary>
/// A sentence with a gap, and for each class the words that could fill it. A discriminator says which of them belongs there, without having seen a
/// label.
/// </summary>
/// <param name="Template">
/// Text with <c>{}</c> (or <c>{word}</c>) where the word goes, <c>{0}</c> where the text goes, and for pairs <c>{1}</c> where the second one goes.
/// Without <c>{0}</c> the text comes first: <c>"It was {}."</c> is <c>"{0} It was {}."</c>. <c>{{</c> and <c>}}</c> are braces.
/// </param>
/// <param name="Classes">Two at least, in the order of their indices.</param>
public sealed record Prompt(string Template, IReadOnlyList<PromptClass> Classes)
{
    /// <summary>The file that a fine-tuned folder keeps its prompt in.</summary>
    public const string FileName = "prompt.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>How words are judged.</summary>
    /// <value>Logit.</value>
    public PromptScoring Scoring { get; init; } = PromptScoring.Logit;

    /// <summary>How a word of several pieces gets one score.</summary>
    /// <value>Logits.</value>
    public PieceAverage PieceAverage { get; init; } = PieceAverage.Logits;

    /// <summary>Whether what a class scores with an empty text is taken off: it tells how common its word is, not what the text says.</summary>
    /// <value>false.</value>
    public bool Calibrate { get; init; }

    /// <summary>What stands between words that are judged together.</summary>
    /// <value>A space.</value>
    public string Separator { get; init; } = " ";

    /// <summary>A prompt with one word a class, which is also the label.</summary>
    /// <param name="template">As <see cref="Template"/>.</param>
    /// <param name="words">Two at least.</param>
    /// <exception cref="ArgumentException">As for <see cref="Validate"/>.</exception>
    public static Prompt Of(string template, params IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return new Prompt(template, [.. words.Select(word => new PromptClass(word, [word]))]).Validate();
    }

    /// <summary>Reads a prompt.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is no JSON, has an unknown key, or the prompt is bad.</exception>
    public static Prompt Load(string path)
    {
        try
        {
            return (JsonSerializer.Deserialize<Prompt>(File.ReadAllText(path), Json) ?? throw new InvalidDataException($"{path} is empty.")).Validate();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the prompt, in one step.</summary>
    /// <param name="path">The file; replaced.</param>
    public void Save(string path) => FileSync.ReplaceFile(path, stream => JsonSerializer.Serialize(stream, this, Json));

    /// <summary>Gives the prompt back.</summary>
    /// <exception cref="ArgumentException">
    /// The template has no gap or several, or another brace; there are fewer than two classes, two of one name, or one without a word.
    /// </exception>
    public Prompt Validate()
    {
        PromptTemplate.Parse(Template);
        ArgumentNullException.ThrowIfNull(Classes);
        if (Classes.Count < 2) throw new ArgumentException($"A prompt needs two classes at least, not {Classes.Count}.");
        foreach (PromptClass of in Classes)
        {
            if (of?.Words is not { Count: > 0 } || of.Words.Any(string.IsNullOrWhiteSpace))
                throw new ArgumentException($"The class '{of?.Label}' needs a word at least, and none may be empty.");
        }

        string? twice = Classes.GroupBy(of => of.Label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? this : throw new ArgumentException($"There are two classes '{twice}'.");
    }

    /// <summary>All of it as JSON.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this, Json);
}
