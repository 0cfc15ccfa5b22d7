namespace Electra.Training;

/// <summary>An entity in a sequence of tags.</summary>
/// <param name="First">Its first token.</param>
/// <param name="Last">Its last token.</param>
/// <param name="Type">What it is.</param>
internal readonly record struct TagChunk(int First, int Last, string Type)
{
    /// <summary>The chunks of a sequence such as O, B-PER, I-PER, in order.</summary>
    public static List<TagChunk> Of(IReadOnlyList<string> tags, TagScheme scheme)
    {
        var chunks = new List<TagChunk>();
        int start = -1;
        (char Prefix, string Type) before = ('O', "");
        for (int i = 0; i <= tags.Count; i++)
        {
            (char Prefix, string Type) tag = i < tags.Count ? Split(tags[i]) : ('O', "");
            if (start >= 0 && Ends(before, tag, scheme))
            {
                if (scheme != TagScheme.Iobes || before.Prefix is 'E' or 'S') chunks.Add(new TagChunk(start, i - 1, before.Type));
                start = -1;
            }

            if (tag.Prefix != 'O' && Begins(before, tag, start >= 0, scheme)) start = i;
            before = tag;
        }

        return chunks;
    }

    private static (char Prefix, string Type) Split(string tag)
    {
        int dash = tag.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? (tag[0], "") : (tag[0], tag[(dash + 1)..]);
    }

    private static bool Ends((char Prefix, string Type) before, (char Prefix, string Type) tag, TagScheme scheme) =>
        tag.Prefix is 'O' or 'B' or 'S' || tag.Type != before.Type || before.Prefix is 'E' or 'S' || (scheme == TagScheme.Iobes && tag.Prefix is not ('I' or 'E'));

    private static bool Begins((char Prefix, string Type) before, (char Prefix, string Type) tag, bool isInside, TagScheme scheme) => scheme switch
    {
        TagScheme.Conlleval => tag.Prefix is 'B' or 'S' || !isInside,
        TagScheme.Iob1 => tag.Prefix == 'B' ? before.Prefix != 'O' && before.Type == tag.Type : !isInside,
        TagScheme.Iob2 => tag.Prefix == 'B',
        _ => tag.Prefix is 'B' or 'S',
    };
}
