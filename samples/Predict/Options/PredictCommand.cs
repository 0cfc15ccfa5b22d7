using System.CommandLine;
using Electra.Training;
using static Electra.Samples.Pretrain.Options.OptionKinds;

namespace Electra.Samples.Predict.Options;

/// <summary>The command line: options, their help, and how they become <see cref="PredictArguments"/>.</summary>
internal static class PredictCommand
{
    private const string Examples = """
        Examples (after: dotnet run -c Release --project samples/Predict -- ):
          (nothing)                                          the model of samples/FineTune reads lines from the console, until Ctrl+D
          "Reads and writes files." "Parses JSON."           two texts
          --model runs/mine/seed-0/model --input mails.txt   a text a line; - is the standard input
          --input mails.csv --text body --output mails.jsonl a table: .csv, .tsv, .jsonl, .parquet, each also .gz or .zst
          --input pairs.tsv --text premise --pair hypothesis pairs
          --input asked.jsonl --text question --pair context questions, with a model for answers
          --input choices.jsonl                              text and choices, with a model for multiple choice

        Where there is no table a tab parts what belongs together: a text and its second, a question and its context, a text and its choices.
        What a model does is known from its folder. For each text it writes a line of JSON:
          classes    {"text":"...","label":"...","score":0.93}         with --top 3 also "scores":{"...":0.93,"...":0.04,"...":0.01}
          labels     {"text":"...","labels":["...","..."]}
          numbers    {"text":"...","value":3.2}
          tags       {"text":"...","entities":[{"type":"LOC","text":"Rome","start":12,"length":4,"score":0.99}]}
          answers    {"text":"...","answer":"...","start":31,"score":0.71,"no_answer_score":-4.2}      null when it sees none
          choices    {"text":"...","choice":1,"scores":[0.1,0.9]}
        Where a text was cut, "truncated":true stands behind. At the end the speed goes to the error output.
        Exit codes: 0 done, 1 failed, 2 wrong use or unreadable input, 130 interrupted. --output is replaced only when all is done; until then lines go to a file
        of that name with .part behind.
        """;

    private static readonly Argument<string[]> Texts = new("texts") { Description = "Texts to judge.", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<string?> Model = Text("--model", "folder",
        "A fine-tuned Hugging Face folder with its tokenizer. Default: runs/fine-tune/seed-0/model, what samples/FineTune leaves.");

    private static readonly Option<string?> Input = Text("--input", "file",
        "Texts from a file: a table with --text, else a text a line. -: the standard input.");

    private static readonly Option<string?> TextColumn = Text("--text", "column", "The table's column with the text, or question; #1, #2, ... by number.");

    private static readonly Option<string?> Pair = Text("--pair", "column", "The column with the second text, or the context.");

    private static readonly Option<string?> Id = Text("--id", "column", "The column with what a text is called; it is repeated as \"id\".");

    private static readonly Option<bool> NoHeader = new("--no-header") { Description = "The table's first row is a text. Columns are then #1, #2, ..." };

    private static readonly Option<string?> Output = Text("--output", "file", "Where the lines go. Default: the console.");

    private static readonly Option<int?> Top = Number<int>("--top", "How many labels, or answers, are told of each text. Default: 1.");

    private static readonly Option<double?> NoAnswer = Number<double>("--no-answer-threshold",
        "A question has no answer where the score for none is above. Fine-tuning finds it on the development set. Default: every question has one.");

    private static readonly Option<int?> MaxLength = Number<int>("--max-length", "Tokens of the longest sequence. Default: as fine-tuned (the tokenizer's model_max_length), at most the model's positions.");

    private static readonly Option<string?> Precision = Choice("--precision", ["auto", "fp32", "bf16"], "Arithmetic of the big multiplications. Default: fp32.");

    private static readonly Option<string?> Device = Text("--device", "auto|cpu|cuda[:n]", "auto: the first GPU if there is one, else the CPU.");

    /// <summary>Builds the command; <paramref name="run"/> gives the exit code.</summary>
    public static RootCommand Create(Func<PredictArguments, int> run)
    {
        var command = new RootCommand("Puts a fine-tuned model to work on texts: lines of JSON out.")
        {
            Texts, Model, Input, TextColumn, Pair, Id, NoHeader, Output, Top, NoAnswer, MaxLength, Precision, Device,
        };
        AddExamples(command, Examples);
        command.SetAction(result => run(Read(result)));
        return command;
    }

    private static PredictArguments Read(ParseResult result)
    {
        var defaults = new PredictArguments();
        return new PredictArguments
        {
            Model = result.GetValue(Model),
            Texts = result.GetValue(Texts) ?? [],
            Input = result.GetValue(Input),
            Text = result.GetValue(TextColumn),
            Pair = result.GetValue(Pair),
            Id = result.GetValue(Id),
            NoHeader = result.GetValue(NoHeader),
            Output = result.GetValue(Output),
            Top = result.GetValue(Top) ?? defaults.Top,
            NoAnswerThreshold = result.GetValue(NoAnswer),
            MaxLength = result.GetValue(MaxLength),
            Precision = result.GetValue(Precision) switch
            {
                "auto" => TrainingPrecision.Auto,
                "bf16" => TrainingPrecision.BFloat16,
                _ => defaults.Precision,
            },
            Device = result.GetValue(Device) ?? defaults.Device,
        };
    }
}
