namespace Electra.Checkpoints;

/// <summary>What a pickle's names may stand for.</summary>
internal interface ITorchGlobals
{
    /// <summary>The outcome of a call that is on the list.</summary>
    /// <exception cref="InvalidDataException">It is not; names it.</exception>
    object? Call(PickleGlobal global, object?[] arguments);

    /// <summary>The storage that a persistent id names.</summary>
    /// <exception cref="InvalidDataException">It names none.</exception>
    object Storage(object? id);

    /// <summary>The error about a name that is not on the list.</summary>
    InvalidDataException Refused(PickleGlobal global);
}
