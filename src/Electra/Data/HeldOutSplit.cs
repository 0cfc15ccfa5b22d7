namespace Electra.Data;

/// <summary>
/// Parts documents into training and held-out ones by their content alone: the split is the same whatever the seed, the length or the order
/// of the corpus, and copies of one document are never parted.
/// </summary>
internal static class HeldOutSplit
{
    // Separates this use of the content hash from any other.
    private const ulong Salt = 0x48454C444F5554;

    /// <summary>The numbers of the training and of the held-out documents, both ascending.</summary>
    /// <param name="contentHashes">One hash a document.</param>
    /// <param name="count">How many to hold out at least; copies of the last one go with it.</param>
    public static (int[] Training, int[] HeldOut) Split(IReadOnlyList<ulong> contentHashes, int count)
    {
        int total = contentHashes.Count;
        if (count == 0) return ([.. Enumerable.Range(0, total)], []);
        var ranks = new ulong[total];
        for (int i = 0; i < total; i++) ranks[i] = SeededRandom.Mix(contentHashes[i] ^ Salt);
        var sorted = (ulong[])ranks.Clone();
        Array.Sort(sorted);
        ulong last = sorted[count - 1];
        int heldOutCount = count;
        while (heldOutCount < total && sorted[heldOutCount] == last) heldOutCount++;

        var heldOut = new int[heldOutCount];
        var training = new int[total - heldOutCount];
        (int t, int h) = (0, 0);
        for (int i = 0; i < total; i++)
        {
            if (ranks[i] <= last) heldOut[h++] = i;
            else training[t++] = i;
        }

        return (training, heldOut);
    }
}
