namespace Electra.Data;

// The work of one process shared by several: each tokenizes every so-many-th portion, and one lays them one behind the other.
public sealed partial class TokenShardBuilder
{
    private const int BufferBytes = 1 << 20;

    /// <summary>
    /// Tokenizes every so-many-th portion (about 256,000 characters) of a corpus into a part file, as one of several processes which all read the whole corpus and see the same
    /// folder. When all have, one of them calls <see cref="Assemble"/>. Progress is that of this part, with tokens estimated for all.
    /// </summary>
    /// <param name="source">The corpus.</param>
    /// <param name="folder">Created when missing.</param>
    /// <param name="index">Which part, from 0.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="cancellationToken">Stops between portions.</param>
    /// <exception cref="ArgumentException">The folder already holds a complete set and overwriting was not asked for.</exception>
    /// <exception cref="InvalidDataException">The corpus is damaged.</exception>
    public void BuildPart(IDocumentSource source, string folder, int index, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        RequireFree(folder);
        Directory.CreateDirectory(folder);
        using var writer = new BinaryWriter(new FileStream(PartPath(folder, index), FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes));
        writer.Write(_vocabulary.Hash);
        var report = new CorpusReport(_options.OnMalformed);
        IEnumerable<EncodedPortion> own = Portions(source, report, cancellationToken).Where((_, portion) => portion % count == index);
        long tokens = 0;
        foreach (EncodedPortion portion in EncodeInOrder(own, cancellationToken))
        {
            writer.Write(true);
            portion.Save(writer, _vocabulary.BytesPerToken);
            tokens += portion.Tokens;
            _options.OnProgress?.Invoke(new TokenizationProgress(report.Documents, report.Characters, tokens * count, report.Malformed));
        }

        writer.Write(false);
        foreach (long read in (long[])[report.Documents, report.Lines, report.Characters, report.Malformed]) writer.Write(read);
    }

    /// <summary>Writes the shards, the same as <see cref="Build"/> does, of what all parts hold, and removes the part files. Of skipped records only <see cref="BuildPart"/> tells.</summary>
    /// <param name="folder">Where the part files are; other files in it are left alone.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="cancellationToken">Stops between portions.</param>
    /// <exception cref="ArgumentException">The folder already holds a complete set and overwriting was not asked for.</exception>
    /// <exception cref="InvalidDataException">The corpus has no text, or the parts are those of different texts or vocabularies.</exception>
    public TokenShardManifest Assemble(string folder, int count, CancellationToken cancellationToken = default)
    {
        RequireFree(folder);
        using var shards = new TokenShardSet(folder, _vocabulary, _options.TokensPerShard);
        BinaryReader[] parts = [.. Enumerable.Range(0, count).Select(part => new BinaryReader(new FileStream(PartPath(folder, part), FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes)))];
        long characters = 0;
        long[] read;
        try
        {
            for (int part = 0; part < count; part++)
                if (parts[part].ReadString() != _vocabulary.Hash) throw new InvalidDataException($"Rank {part} has tokenized with another vocabulary: all ranks need the same program and files.");

            int next = 0;
            for (; parts[next].ReadBoolean(); next = (next + 1) % count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                EncodedPortion portion = EncodedPortion.Load(parts[next], _vocabulary.BytesPerToken);
                portion.WriteTo(shards.AddDocument);
                characters += portion.Characters;
                _options.OnProgress?.Invoke(new TokenizationProgress(shards.Documents, characters, shards.Tokens, 0));
            }

            read = ReadEnd(parts[next]);
            for (int part = 0; part < count; part++)
                if (part != next && (parts[part].ReadBoolean() || !ReadEnd(parts[part]).SequenceEqual(read)))
                    throw new InvalidDataException($"Rank {part} has read another text than rank {next}: all ranks need the same files of the corpus.");
        }
        finally
        {
            foreach (BinaryReader part in parts) part.Dispose();
        }

        for (int part = 0; part < count; part++) File.Delete(PartPath(folder, part));
        return Complete(shards, characters, read[0], read[^1]);
    }

    private static long[] ReadEnd(BinaryReader part) => [part.ReadInt64(), part.ReadInt64(), part.ReadInt64(), part.ReadInt64()];

    private static string PartPath(string folder, int part) => Path.Combine(folder, $"part-{part:D5}.tokens");
}
