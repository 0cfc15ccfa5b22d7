using Electra.Training;

namespace Electra.FineTuning;

/// <summary>How labelled files are read.</summary>
public sealed record ReadingOptions
{
    /// <summary>Whether rows that cannot be read are counted and left out; otherwise the first of them is an error.</summary>
    /// <value>false.</value>
    public bool SkipMalformed { get; init; }

    /// <summary>Whether the first row of a delimited file names its columns.</summary>
    /// <value>true.</value>
    public bool HasHeader { get; init; } = true;

    /// <summary>What stands between the fields of a delimited file.</summary>
    /// <value>null: a comma in files called <c>.csv</c>, else a tab.</value>
    public char? Separator { get; init; }

    /// <summary>
    /// Whether fields of a delimited file may be quoted (RFC 4180: a quote within is doubled, line ends within belong to the field). Otherwise a quote is
    /// a character as any other.
    /// </summary>
    /// <value>null: in files called <c>.csv</c>.</value>
    public bool? HasQuotes { get; init; }

    /// <summary>What stands between several labels of one field; with it, a text may have any number of labels.</summary>
    /// <value>null: a field is one label.</value>
    public char? LabelSeparator { get; init; }

    /// <summary>What tags of words keep to. A sentence that breaks it cannot be read.</summary>
    /// <value><see cref="TagScheme.Conlleval"/>: any sequence is one.</value>
    public TagScheme TagScheme { get; init; } = TagScheme.Conlleval;
}
