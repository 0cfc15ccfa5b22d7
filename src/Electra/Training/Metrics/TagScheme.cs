namespace Electra.Training;

/// <summary>How tags such as <c>B-PER</c>, <c>I-PER</c> and <c>O</c> make chunks: entities, phrases.</summary>
public enum TagScheme
{
    /// <summary>Whatever conlleval, the script of the CoNLL tasks, takes for a chunk: every sequence has chunks, invalid ones too; also with <c>E-</c> and <c>S-</c>.</summary>
    Conlleval,

    /// <summary>Strictly: <c>B</c> begins a chunk that follows one of its type, <c>I</c> begins any other.</summary>
    Iob1,

    /// <summary>Strictly, and also called BIO: every chunk begins with <c>B</c>.</summary>
    Iob2,

    /// <summary>Strictly, and also called BIOES: chunks of several words go from <c>B</c> to <c>E</c>, those of one are <c>S</c>.</summary>
    Iobes,
}
