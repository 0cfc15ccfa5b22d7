using Electra.Data;
using Electra.Tests.Support;

namespace Electra.Tests.Data;

/// <summary>A corpus in shards, opened for a packer.</summary>
internal sealed class PackedCorpus : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<TokenShardReader> _shards = [];

    public PackedCorpus(WordCorpus corpus, long tokensPerShard = 200)
    {
        TokenShardManifest manifest = corpus.BuildInto(_folder.FullPath, tokensPerShard);
        foreach (TokenShardEntry shard in manifest.Shards) _shards.Add(TokenShardReader.Open(_folder.File(shard.File)));
        Corpus = new TokenCorpus(_shards);
    }

    public TokenCorpus Corpus { get; }

    /// <summary>The non-padding ids and token types of an example; checks that all behind them is padding.</summary>
    public static (long[] Ids, long[] Types) Example(IExamplePacker packer, long epoch, long example, int sequenceLength)
    {
        var ids = new long[sequenceLength];
        var types = new long[sequenceLength];
        Array.Fill(ids, -1);
        Array.Fill(types, -1);
        int length = packer.Fill(epoch, example, ids, types);
        Assert.All(ids[length..], id => Assert.Equal(WordCorpus.Pad, id));
        Assert.All(types[length..], type => Assert.Equal(0, type));
        Assert.Equal(WordCorpus.Cls, ids[0]);
        Assert.Equal(WordCorpus.Sep, ids[length - 1]);
        return (ids[..length], types[..length]);
    }

    /// <summary>The tokens of an epoch that are text, in example order.</summary>
    public static List<long> Text(IExamplePacker packer, long epoch, int sequenceLength)
    {
        var text = new List<long>();
        for (long i = 0; i < packer.ExampleCount; i++)
            text.AddRange(Example(packer, epoch, i, sequenceLength).Ids.Where(id => id >= WordCorpus.FirstWord));
        return text;
    }

    public void Dispose()
    {
        _shards.ForEach(shard => shard.Dispose());
        _folder.Dispose();
    }
}
