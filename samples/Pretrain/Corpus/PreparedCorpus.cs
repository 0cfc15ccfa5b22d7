using Electra.Tokenization;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>A corpus ready to train on.</summary>
/// <param name="Tokenizer">Over the given or the learned vocabulary.</param>
/// <param name="ShardFolder">Token shards of the whole corpus.</param>
/// <param name="IsReused">True when an earlier start left them.</param>
internal sealed record PreparedCorpus(ElectraTokenizer Tokenizer, string ShardFolder, bool IsReused);
