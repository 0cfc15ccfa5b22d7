namespace Electra.Modeling;

/// <summary>
/// Tells of each layer of an encoder when its gradients are whole, while the backward pass goes on below it. A layer that went forward several times is told
/// of after its last way back; one whose way back is not seen, as on a GPU, is not told of.
/// </summary>
/// <param name="layers">How many layers.</param>
/// <param name="tell">Is given the layer, from the lowest on.</param>
internal sealed class LayerNotices(int layers, Action<int> tell)
{
    private readonly int[] _done = new int[layers];
    private int _passes;
    private bool _isOn, _isSeen;

    /// <summary>From the next forward pass on; what went forward before has come back.</summary>
    public void Begin()
    {
        Array.Clear(_done);
        (_passes, _isOn, _isSeen) = (0, true, true);
    }

    /// <summary>Tells no more.</summary>
    public void End() => _isOn = false;

    /// <summary>A forward pass begins that may come back.</summary>
    /// <param name="isSeen">Whether its way back is.</param>
    /// <returns>What is to be called when a layer's gradients have been added to those of its parameters.</returns>
    public Action<int>? Expect(bool isSeen)
    {
        _passes++;
        _isSeen &= isSeen;
        return _isOn && isSeen ? Add : null;
    }

    private void Add(int layer)
    {
        if (++_done[layer] == _passes && _isOn && _isSeen) tell(layer);
    }
}
