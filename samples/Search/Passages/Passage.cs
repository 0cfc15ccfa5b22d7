namespace Electra.Samples.Search.Passages;

/// <summary>What a search finds.</summary>
/// <param name="Source">Where it is from, for people: a member of the platform, or a file and its line.</param>
/// <param name="Title">What is searched in front of the text; empty where there is nothing.</param>
/// <param name="Text">The text.</param>
internal sealed record Passage(string Source, string Title, string Text)
{
    /// <summary>What is searched.</summary>
    public string Searched => Title.Length == 0 ? Text : $"{Title}: {Text}";
}
