using Electra.Inference;

namespace Electra.Samples.Pretrain.Options;

/// <summary>Reads a prompt as it is typed.</summary>
internal static class PromptText
{
    /// <summary>A prompt of a template and a list of words.</summary>
    /// <param name="template">With a gap, <c>{}</c>.</param>
    /// <param name="labels">Words between commas, one a class, or <c>class=word|word</c>.</param>
    /// <exception cref="UsageException">One of both is missing, or means nothing.</exception>
    public static Prompt Read(string? template, string? labels)
    {
        if (template is null) throw new UsageException("--labels needs a --template with a gap, as \"It was {}.\"");
        if (labels is null) throw new UsageException("--template needs --labels, the words that may stand in its gap, as great,terrible.");
        try
        {
            return new Prompt(template, [.. Listed(labels, ',').Select(Class)]).Validate();
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private static PromptClass Class(string typed)
    {
        string[] parts = typed.Split('=', 2, StringSplitOptions.TrimEntries);
        return new PromptClass(parts[0], Listed(parts[^1], '|'));
    }

    private static string[] Listed(string text, char separator) => text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
