using Electra.Configuration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The rows that a network's tables get more of, and what they begin as.</summary>
internal sealed class ExtraRows
{
    private const string PositionTable = "position_embeddings.weight";
    private static readonly string[] OfWords = ["word_embeddings.weight", "generator_lm_head.bias"];

    private readonly IReadOnlyList<IReadOnlyList<int>> _pieces;
    private readonly int _firstId;
    private readonly int _positions;

    private ExtraRows(IReadOnlyList<IReadOnlyList<int>> pieces, int firstId, int positions) => (_pieces, _firstId, _positions) = (pieces, firstId, positions);

    /// <summary>A longer position table.</summary>
    public static ExtraRows Positions(int positions, ElectraConfig config)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, config.MaxPositionEmbeddings);
        return new ExtraRows([], config.VocabSize, positions);
    }

    /// <summary>More words.</summary>
    public static ExtraRows Words(IReadOnlyList<IReadOnlyList<int>> pieces, int? firstId, ElectraConfig config)
    {
        int first = firstId ?? config.VocabSize;
        if (first < 1 || first > config.VocabSize)
            throw new ArgumentException($"The first new word can't be {first}: the word table has {config.VocabSize} rows, which come first.", nameof(firstId));
        for (int word = 0; word < pieces.Count; word++)
        {
            if (pieces[word].Count == 0 || pieces[word].Any(id => id < 0 || id >= first))
                throw new ArgumentException($"New word {word} needs pieces with ids from 0 to {first - 1}, but has [{string.Join(", ", pieces[word])}].", nameof(pieces));
        }

        return new ExtraRows(pieces, first, config.MaxPositionEmbeddings);
    }

    /// <summary>The config of a network that has them.</summary>
    public ElectraConfig In(ElectraConfig config) =>
        config with { VocabSize = Math.Max(config.VocabSize, _firstId + _pieces.Count), MaxPositionEmbeddings = _positions };

    /// <summary>Overwrites a larger network's parameters.</summary>
    /// <param name="from">Those of the network as it was, by name.</param>
    /// <param name="to">Those of one of the config that <see cref="In"/> gives.</param>
    public void Copy(IEnumerable<(string Name, Parameter Parameter)> from, IEnumerable<(string Name, Parameter Parameter)> to)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        Dictionary<string, Parameter> old = from.ToDictionary(item => item.Name, item => item.Parameter, StringComparer.Ordinal);
        foreach ((string name, Parameter parameter) in to)
        {
            Parameter before = old[name];
            if (name.EndsWith(PositionTable, StringComparison.Ordinal)) Repeat(before, parameter);
            else Rows(parameter, 0, before.shape[0]).copy_(before);
            if (Array.Exists(OfWords, ending => name.EndsWith(ending, StringComparison.Ordinal))) AddMeans(before, parameter);
        }
    }

    private static void Repeat(Tensor before, Tensor table)
    {
        (long length, long all) = (before.shape[0], table.shape[0]);
        for (long start = 0; start < all; start += length)
        {
            long rows = Math.Min(length, all - start);
            Rows(table, start, rows).copy_(Rows(before, 0, rows));
        }
    }

    private void AddMeans(Tensor before, Tensor table)
    {
        for (int word = 0; word < _pieces.Count; word++)
        {
            Tensor ids = tensor(_pieces[word].Select(id => (long)id).ToArray(), device: table.device);
            Rows(table, _firstId + word, 1).copy_(before.index_select(0, ids).mean([0], keepdim: true));
        }
    }

    private static Tensor Rows(Tensor table, long start, long count) => table.narrow(0, start, count);
}
