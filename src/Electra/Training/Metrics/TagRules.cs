namespace Electra.Training;

/// <summary>Which tags may follow which.</summary>
internal static class TagRules
{
    /// <summary>The first tag that breaks a scheme, and why; null where all keep to it. <see cref="TagScheme.Conlleval"/> takes everything.</summary>
    public static (int Index, string Reason)? FirstBreak(IReadOnlyList<string> tags, TagScheme scheme)
    {
        if (scheme == TagScheme.Conlleval) return null;
        string prefixes = scheme == TagScheme.Iobes ? "BIES" : "BI";
        string before = "O";
        for (int i = 0; i <= tags.Count; i++)
        {
            string tag = i < tags.Count ? tags[i] : "O";
            if (tag != "O" && !(tag is [_, '-', _, ..] && prefixes.Contains(tag[0], StringComparison.Ordinal)))
                return (i, $"'{tag}' is neither O nor {string.Join("-, ", prefixes.ToCharArray())}- and a type");
            if (!MayFollow(before, tag, scheme))
                return i < tags.Count ? (i, $"'{tag}' can't follow '{before}'") : (i - 1, $"'{before}' can't be the last");
            before = tag;
        }

        return null;
    }

    private static bool MayFollow(string before, string tag, TagScheme scheme)
    {
        bool isSameType = before.Length > 1 && tag.Length > 1 && before.AsSpan(1).SequenceEqual(tag.AsSpan(1));
        return scheme switch
        {
            TagScheme.Iob1 => tag[0] != 'B' || isSameType,
            TagScheme.Iob2 => tag[0] != 'I' || isSameType,
            _ => before[0] is 'B' or 'I' ? tag[0] is 'I' or 'E' && isSameType : tag[0] is not ('I' or 'E'),
        };
    }
}
