using System.Text.RegularExpressions;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>A type or member of the platform, and what its documentation says of it first.</summary>
/// <param name="Id">Its documentation id, such as <c>M:System.IO.File.ReadAllLines(System.String)</c>.</param>
/// <param name="Assembly">Where it is.</param>
/// <param name="Summary">The summary, in one line.</param>
internal sealed partial record SdkMember(string Id, string Assembly, string Summary)
{
    private const string Constructor = "#ctor";

    /// <summary>The full name of its type.</summary>
    public string Type => DocumentationText.TypeName(Id);

    /// <summary>What it is called, without arguments: <c>System.IO.File.ReadAllLines</c>, <c>new System.IO.FileStream</c>.</summary>
    public string Title
    {
        get
        {
            string name = Arity().Replace(DocumentationText.WithoutArguments(Id), "");
            return name.EndsWith($".{Constructor}", StringComparison.Ordinal) ? $"new {name[..^(Constructor.Length + 1)]}" : name;
        }
    }

    /// <summary>The words of the type's name and its own: <c>File Read All Lines</c>.</summary>
    public string Words
    {
        get
        {
            string[] names = [.. Title.Split('.')[^(IsType ? 1 : 2)..].Select(name => name[(name.LastIndexOf(' ') + 1)..])];
            return string.Join(' ', names.Select(name => Boundary().Replace(name, " ").Replace('_', ' ')));
        }
    }

    /// <summary>Whether it can only be reached through an interface, or has no name of its own.</summary>
    public bool IsHidden => DocumentationText.WithoutArguments(Id) is var name && name.Replace($".{Constructor}", "", StringComparison.Ordinal).Contains('#') || !name.Contains('.');

    private bool IsType => Id.StartsWith("T:", StringComparison.Ordinal) || Title.StartsWith("new ", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Boundary();

    [GeneratedRegex(@"`+\d+")]
    private static partial Regex Arity();
}
