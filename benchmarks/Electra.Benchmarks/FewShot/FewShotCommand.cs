using System.CommandLine;
using Electra.Benchmarks.CommandLine;

namespace Electra.Benchmarks.FewShot;

/// <summary>The command line of <c>fewshot</c>.</summary>
internal static class FewShotCommand
{
    private const string Explanation =
        """
        Classifies without labels and with 16 a class, by prompts and by a fresh head, on SST-2, MR, CR, MPQA, Subj, TREC and SST-5: accuracy on all test
        examples, in percent, mean and deviation over five fixed draws, beside the commonest class and the same network from random weights. The epoch is
        chosen on a draw's development examples.

        --data has a folder for each set (SST-2, mr, cr, mpqa, subj, trec, sst-5) with test.tsv or .csv and folders 16-13, 16-21, 16-42, 16-87, 16-100 with
        train and dev; .tsv with the columns sentence and label, .csv of label and text without a header.
        """;

    private static readonly Option<string> Model = new("--model") { HelpName = "folder", Description = "A pre-trained discriminator.", Required = true };
    private static readonly Option<string> Data = new("--data") { HelpName = "folder", Description = "The sets, as above.", Required = true };
    private static readonly Option<string> Output = new("--output") { HelpName = "folder", Description = "Where runs go; what is there is not made again.", Required = true };
    private static readonly Option<double?> Epochs = new("--epochs") { HelpName = "n", Description = "Times that the examples are gone through. Default: 30." };
    private static readonly Option<string[]> Sets = new("--sets") { HelpName = "SST-2 trec", Description = "Which sets. Default: all.", AllowMultipleArgumentsPerToken = true };

    /// <summary>Builds the command.</summary>
    public static Command Create(Func<Func<CancellationToken, int>, int> guarded)
    {
        var command = new Command("fewshot", Explanation) { Model, Data, Output, Epochs, Sets };
        command.SetAction(result => guarded(cancellationToken =>
        {
            string[] names = result.GetValue(Sets) ?? [];
            if (names.FirstOrDefault(name => !FewShotSet.All.Any(set => set.Name == name)) is string unknown)
                throw new UsageException($"There is no set '{unknown}'; there are {string.Join(", ", FewShotSet.All.Select(set => set.Name))}.");
            var session = new FewShotSession(result.GetValue(Model)!, result.GetValue(Data)!, result.GetValue(Output)!, result.GetValue(Epochs) ?? 30);
            session.Run([.. FewShotSet.All.Where(set => names.Length == 0 || names.Contains(set.Name))], Console.Out, cancellationToken);
            return 0;
        }));
        return command;
    }
}
