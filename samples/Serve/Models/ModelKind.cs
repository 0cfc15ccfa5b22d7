namespace Electra.Samples.Serve.Models;

/// <summary>What a model does; the name of its endpoint in small letters.</summary>
internal enum ModelKind
{
    /// <summary>Tells the class, or the labels, of a text or a pair.</summary>
    Classify,

    /// <summary>Finds entities in a text.</summary>
    Tag,

    /// <summary>Finds the answer to a question in a text.</summary>
    Answer,

    /// <summary>Makes a vector of a text.</summary>
    Embed,

    /// <summary>Ranks passages for a query.</summary>
    Rerank,
}
