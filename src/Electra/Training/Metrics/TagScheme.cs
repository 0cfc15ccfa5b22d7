namespace Electra.Training;

/// <summary>Which tag sequences make a chunk.</summary>
internal enum TagScheme
{
    /// <summary>Whatever conlleval takes for one: every sequence has chunks, invalid ones too.</summary>
    Conlleval,

    /// <summary>Strictly: B begins a chunk that follows one of its type, I begins any other.</summary>
    Iob1,

    /// <summary>Strictly: every chunk begins with B.</summary>
    Iob2,

    /// <summary>Strictly: chunks of several tokens go from B to E, those of one are S.</summary>
    Iobes,
}
