using System.CommandLine;
using Electra.Samples.Predict.Options;
using static Electra.Samples.Pretrain.Options.OptionKinds;

namespace Electra.Samples.ZeroShot.Options;

/// <summary>The command line: options, their help, and how they become <see cref="ZeroShotArguments"/>.</summary>
internal static class ZeroShotCommand
{
    private const string Examples = """
        Examples (after: dotnet run -c Release --project samples/ZeroShot -- ):
          (nothing)                                          some sentences, and which of four words the encoder of samples/Pretrain would end them with
          --template "It was {}." --labels great,terrible --text reviews.txt
                                                             a text a line; it stands before the template, or where the template has {0}
          --template "{} news: {0}" --labels "world,sports,business=business|economy" "Shares fell."
                                                             classes with several words; the text last
          --template "{0} ? {} , {1}" --labels yes,no --input pairs.tsv --text premise --pair hypothesis
                                                             pairs, from a table
          --model runs/few/seed-0/model "A text"             what was fine-tuned on a few labels (samples/FineTune --template) has its prompt with it

        No label is learned from: the discriminator says which word looks least replaced. Words should be in its vocabulary in one piece, be about as common as
        each other, and fit the sentence in the same way. Each text becomes a line of JSON, as of samples/Predict:
          {"text":"...","label":"...","score":0.93}          with --top 3 also "scores":{"...":0.93,"...":0.04,"...":0.03}
        Exit codes: 0 done, 1 failed, 2 wrong use or unreadable input, 130 interrupted.
        """;

    private static readonly Argument<string[]> Texts = new("texts") { Description = "Texts to judge.", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<string?> Model = Text("--model", "folder",
        "A discriminator: what pre-training leaves. Default: runs/pretrain/discriminator, that of samples/Pretrain.");

    private static readonly Option<string?> Template = Text("--template", "text", "A sentence with {} where the word goes, {0} where the text goes, {1} for a second one.");

    private static readonly Option<string?> Labels = Text("--labels", "a,b,...", "The words, one a class; class=word|word where they differ or are several.");

    private static readonly Option<string?> Scoring = Choice("--scoring", ["logit", "probability", "joint"],
        "logit, probability: a sequence for each word. joint: all words in one sequence, several times as fast. Default: logit.");

    private static readonly Option<bool> Uncalibrated = new("--uncalibrated") { Description = "Leave in what a word scores with an empty text. Default: it is taken off." };

    private static readonly Option<string?> Input = Text("--input", "file", "Texts from a file: a table with --text, else a text a line. -: the standard input.");

    private static readonly Option<string?> TextColumn = Text("--text", "column|file", "The table's column with the text; without --input a file with a text a line.");

    private static readonly Option<string?> Pair = Text("--pair", "column", "The column with the second text.");

    private static readonly Option<string?> Output = Text("--output", "file", "Where the lines go. Default: the console.");

    private static readonly Option<int?> Top = Number<int>("--top", "How many labels are told of each text. Default: 1.");

    private static readonly Option<string?> Device = Text("--device", "auto|cpu|cuda[:n]", "auto: the first GPU if there is one, else the CPU.");

    /// <summary>Builds the command; <paramref name="run"/> gives the exit code.</summary>
    public static RootCommand Create(Func<ZeroShotArguments, int> run)
    {
        var command = new RootCommand("Classifies texts without labels, by a prompt: lines of JSON out.")
        {
            Texts, Model, Template, Labels, Scoring, Uncalibrated, Input, TextColumn, Pair, Output, Top, Device,
        };
        AddExamples(command, Examples);
        command.SetAction(result => run(Read(result)));
        return command;
    }

    private static ZeroShotArguments Read(ParseResult result)
    {
        string? input = result.GetValue(Input), text = result.GetValue(TextColumn);
        if (input is null && File.Exists(text)) (input, text) = (text, null);
        return new ZeroShotArguments
        {
            Template = result.GetValue(Template),
            Labels = result.GetValue(Labels),
            Scoring = result.GetValue(Scoring),
            Uncalibrated = result.GetValue(Uncalibrated),
            Texts = new PredictArguments
            {
                Model = result.GetValue(Model),
                Texts = result.GetValue(Texts) ?? [],
                Input = input,
                Text = text,
                Pair = result.GetValue(Pair),
                Output = result.GetValue(Output),
                Top = result.GetValue(Top) ?? 1,
                Device = result.GetValue(Device) ?? "auto",
            },
        };
    }
}
