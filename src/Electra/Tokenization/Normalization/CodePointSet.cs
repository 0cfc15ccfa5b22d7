namespace Electra.Tokenization;

/// <summary>A set of code points, kept as ranges.</summary>
/// <param name="bounds">The first code point of a range, the one after its last, and so on, ascending.</param>
internal sealed class CodePointSet(int[] bounds)
{
    public bool Contains(int codePoint)
    {
        int found = Array.BinarySearch(bounds, codePoint);
        // at a bound, or at the complement of the next one: an even number of bounds below means outside
        return ((found >= 0 ? found + 1 : ~found) & 1) == 1;
    }
}
