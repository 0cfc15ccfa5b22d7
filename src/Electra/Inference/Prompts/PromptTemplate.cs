using System.Text;

namespace Electra.Inference;

/// <summary>A template in parts.</summary>
/// <param name="Parts">As they follow each other.</param>
internal sealed record PromptTemplate(IReadOnlyList<PromptPart> Parts)
{
    /// <summary>Whether it has a place for a second text.</summary>
    public bool HasSecond => Parts.Any(part => part.Kind == PromptPart.Kinds.Second);

    /// <summary>Takes a template apart.</summary>
    /// <exception cref="ArgumentException">It has no gap or several, a text twice, or a brace that means nothing.</exception>
    public static PromptTemplate Parse(string template)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(template);
        var parts = new List<PromptPart>();
        var literal = new StringBuilder();
        for (int i = 0; i < template.Length; i++)
        {
            if (template[i] is not ('{' or '}'))
            {
                literal.Append(template[i]);
                continue;
            }

            if (i + 1 < template.Length && template[i + 1] == template[i])
            {
                literal.Append(template[i++]);
                continue;
            }

            int end = template.IndexOf('}', i);
            PromptPart.Kinds kind = (end < i ? null : template[i..(end + 1)]) switch
            {
                "{}" or "{word}" => PromptPart.Kinds.Word,
                "{0}" => PromptPart.Kinds.First,
                "{1}" => PromptPart.Kinds.Second,
                _ => throw new ArgumentException(
                    $"The template '{template}' has a brace at {i} that means nothing: write {{}} where the word goes, {{0}} where the text goes, {{1}} for a second text, and {{{{ for a brace."),
            };
            if (parts.Any(part => part.Kind == kind)) throw new ArgumentException($"The template '{template}' has {template[i..(end + 1)]} twice.");
            End();
            parts.Add(new PromptPart(kind, ""));
            i = end;
        }

        End();
        if (!parts.Any(part => part.Kind == PromptPart.Kinds.Word)) throw new ArgumentException($"The template '{template}' has no gap: write {{}} where the word goes.");
        if (!parts.Any(part => part.Kind == PromptPart.Kinds.First)) parts.Insert(0, new PromptPart(PromptPart.Kinds.First, ""));
        return new PromptTemplate(parts);

        void End()
        {
            if (literal.Length > 0) parts.Add(new PromptPart(PromptPart.Kinds.Literal, literal.ToString()));
            literal.Clear();
        }
    }
}
