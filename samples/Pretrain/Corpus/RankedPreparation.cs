using Electra.Data;
using Electra.Distributed;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tokenization;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>
/// What ranks share of a corpus's preparation: each reads the whole text, counts the words of its part of it and tokenizes its part, and leaves that in the folder where shards are
/// prepared; rank 0 lays the parts one behind the other. So the result is that of one process, whatever the number of ranks.
/// </summary>
internal sealed class RankedPreparation(RunFolder folder, RunConsole console, TokenizerPreparation tokenizers, IProcessGroup group)
{
    private string Tokenizer => Path.Combine(folder.UnfinishedShards, "tokenizer");

    /// <summary>Makes the folder, and counts words where a vocabulary is made of them.</summary>
    public void Begin(IDocumentSource source, CancellationToken cancellationToken)
    {
        SharedFolder.Create(group, folder.UnfinishedShards, cancellationToken: cancellationToken);
        if (!tokenizers.CountsWords) return;
        SampleProgram.OnRanks(
            group,
            heartbeat => console.Working($"counting words, shared by {group.Size} ranks", _ =>
            {
                using FileStream counts = new(Counts(group.Rank), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
                tokenizers.CountShare(source, group.Rank, group.Size, counts, heartbeat);
                return true;
            }),
            cancellationToken);
    }

    /// <summary>On rank 0: makes the tokenizer of what all have counted, and leaves it for the others.</summary>
    public ElectraTokenizer CreateTokenizer(IDocumentSource source, Heartbeat heartbeat)
    {
        FileStream[] shares = !tokenizers.CountsWords ? [] :
            [.. Enumerable.Range(0, group.Size).Select(rank => new FileStream(Counts(rank), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.DeleteOnClose))];
        try
        {
            ElectraTokenizer made = tokenizers.Create(source, shares, heartbeat);
            made.SavePretrained(Tokenizer);
            return made;
        }
        finally
        {
            foreach (FileStream share in shares) share.Dispose();
        }
    }

    /// <summary>On the others: the tokenizer.</summary>
    public ElectraTokenizer LoadTokenizer() => TokenizerPreparation.Load(Tokenizer);

    /// <summary>Tokenizes this rank's part.</summary>
    public void Tokenize(IDocumentSource source, ElectraTokenizer tokenizer, TokenShardBuilderOptions options, CancellationToken cancellationToken)
    {
        options = options with { ThreadCount = group.ThreadsPerRank() };
        SampleProgram.OnRanks(
            group,
            heartbeat => console.Working($"tokenizing, shared by {group.Size} ranks", progress =>
            {
                new TokenShardBuilder(tokenizer, options with { OnProgress = CorpusPreparation.Progress(heartbeat, progress) })
                    .BuildPart(source, folder.UnfinishedShards, group.Rank, group.Size, heartbeat.Stop);
                return true;
            }),
            cancellationToken);
    }

    /// <summary>On rank 0: removes what the ranks have left for each other.</summary>
    public void End() => Directory.Delete(Tokenizer, recursive: true);

    private string Counts(int rank) => Path.Combine(folder.UnfinishedShards, $"words-{rank:D5}.counts");
}
