using System.CommandLine;
using System.Globalization;
using Electra.Benchmarks.CommandLine;
using Electra.Checkpoints;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Tokenization;
using static Electra.Benchmarks.CommandLine.BenchmarkCommand;

namespace Electra.Benchmarks.Grammar;

/// <summary>The command line of <c>grammar</c>.</summary>
internal static class GrammarCommand
{
    private const string Explanation =
        """
        Asks networks, without training them, which of two sentences is the grammatical one (BLiMP), by every score that they have: of a discriminator the
        sum and the mean over a sentence's tokens of log "original"; of a generator or masked LM the log-likelihood with each token masked in turn, and in
        one pass with nothing masked. A table by phenomenon, in percent, ties counted as wrong; guessing gets 50. Over all of BLiMP a 5-gram model gets 61.2,
        an LSTM 69.8, GPT-2 large 83.0 (Warstadt et al. 2020).
        """;

    private static readonly Option<string> Pairs = new("--pairs") { HelpName = "BLiMP.zip", Description = "Minimal pairs: a .zip, folder or .jsonl file.", Required = true };
    private static readonly Option<string?> Discriminator = Text("--discriminator", "folder", "A discriminator.");
    private static readonly Option<string?> LanguageModel = Text("--language-model", "folder", "A generator or masked LM.");
    private static readonly Option<int?> Most = Number("--most", "The first so many pairs of each paradigm. Default: all.", 1);

    /// <summary>Builds the command.</summary>
    public static Command Create(Func<Func<CancellationToken, int>, int> guarded)
    {
        var command = new Command("grammar", Explanation) { Pairs, Discriminator, LanguageModel, Most };
        command.SetAction(result => guarded(cancellationToken =>
        {
            var pairs = MinimalPairs.Read(result.GetValue(Pairs)!, result.GetValue(Most) ?? int.MaxValue);
            return Run(pairs, result.GetValue(Discriminator), result.GetValue(LanguageModel), cancellationToken);
        }));
        return command;
    }

    private static int Run(MinimalPairs pairs, string? discriminator, string? language, CancellationToken cancellationToken)
    {
        if (discriminator is null && language is null) throw new UsageException("Name a network: --discriminator, --language-model or both.");
        var columns = new List<(string Name, MinimalPairsResult Result)>();
        if (discriminator is not null)
        {
            ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(discriminator);
            using ElectraForPreTraining model = ElectraForPreTraining.FromPretrained(discriminator);
            var scorer = new SentenceDetectionScorer(new DiscriminatorScorer(model, tokenizer.SpecialTokens.ClsId, tokenizer.SpecialTokens.SepId, batchSize: 128).Score);
            columns.Add(("detection, sum", pairs.Run(tokenizer, scorer.Sum, cancellationToken)));
            columns.Add(("detection, mean", pairs.Run(tokenizer, scorer.Mean, cancellationToken)));
        }

        if (language is not null)
        {
            ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(language);
            using ElectraForMaskedLM model = ElectraForMaskedLM.FromPretrained(language);
            var scorer = new PseudoLogLikelihoodScorer(model, tokenizer.SpecialTokens);
            columns.Add(("each token masked", pairs.Run(tokenizer, scorer.Score, cancellationToken)));
            columns.Add(("one pass", pairs.Run(tokenizer, scorer.ScoreInOnePass, cancellationToken)));
        }

        Console.WriteLine($"| | {string.Join(" | ", columns.Select(column => column.Name))} |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", columns.Count))}");
        for (int row = 0; row < columns[0].Result.Phenomena.Count; row++)
            Row(columns[0].Result.Phenomena[row].Phenomenon.Replace('_', ' '), columns.Select(column => column.Result.Phenomena[row].Accuracy));
        Row("all paradigms", columns.Select(column => column.Result.Accuracy));
        return 0;
    }

    private static void Row(string name, IEnumerable<double> shares) =>
        Console.WriteLine($"| {name} | {string.Join(" | ", shares.Select(share => (100 * share).ToString("F1", CultureInfo.InvariantCulture)))} |");
}
