using System.CommandLine;
using static Electra.Samples.Pretrain.Options.OptionKinds;

namespace Electra.Samples.FineTune.Options;

/// <summary>The command line: options, their help, and how they become <see cref="FineTuneArguments"/>.</summary>
internal static class FineTuneCommand
{
    private const string Examples = """
        Examples (after: dotnet run -c Release --project samples/FineTune -- ):
          (nothing)                                              the encoder of samples/Pretrain learns which part of .NET a summary
                                                                 belongs to, beside the same network from random weights; minutes on a CPU
          --task sst2 --data glue --model runs/pretrain/discriminator --seeds 5 --random-runs 3
                                                                 a GLUE task from its original files, five times
          --train a.tsv --dev b.tsv --text sentence --label label
                                                                 your own table; also .csv, .jsonl, .parquet, each .gz or .zst
          --train pairs.csv --dev dev.csv --text premise --pair hypothesis --label relation
          --train mails.jsonl --dev dev.jsonl --text body --label tags --label-separator ";"
                                                                 several labels at once
          --train few.tsv --dev dev.tsv --text sentence --label label --template "{0} It was {}." --labels 0=terrible,1=great --select-best --epochs 30
                                                                 a handful of examples, by a prompt
          --task tags --train ner.conll --dev dev.conll          words with tags in columns, the last one; or --text #1 --label #4
          --task answers --train train-v2.0.json --dev dev-v2.0.json
                                                                 questions in SQuAD's form
          --task choices --train train.jsonl --dev dev.jsonl     text, choices, label
          --task ranking --train train.tsv --dev dev.tsv         query, passage, 1 or 0
          --task wikiqa --data wikiqa --loss pairwise            WikiQA's files, as query, passage, 1 or 0
          --task sdk-embedding --output runs/sdk-vectors         for samples/Search: vectors that bring names of the SDK's members to their summaries
          --task sdk-search --output runs/sdk-ranker             for samples/Search: a re-ranker that learned from the same
          (the same command again)                               after Ctrl+C: goes on where it stopped

        Under --output, for each seed: model/ (a Hugging Face folder), predictions.tsv, metrics.jsonl, run.png, checkpoints/; beside them
        results.json. samples/Predict puts a model to work.
        Exit codes: 0 done, 1 failed, 2 wrong use or unreadable input (nothing is written), 130 interrupted (run again to resume).
        """;

    private static readonly Option<string?> Model = Text("--model", "folder",
        "The encoder: a Hugging Face folder with its tokenizer. Default: runs/pretrain/discriminator, what samples/Pretrain leaves.");

    private static readonly Option<string?> Task = Text("--task", "name",
        "A GLUE task (cola, sst2, mrpc, qqp, stsb, mnli, qnli, rte, wnli) from --data; or what --train and --dev hold: tags (CoNLL columns), "
        + "answers (SQuAD's form), choices or ranking (query, passage, 0 or 1); or, from --data, wikiqa, or stsb-embedding, which is vectors of sentences; or sdk-embedding and sdk-search, names of members as queries for their summaries. "
        + "Default: a table with texts and labels.");

    private static readonly Option<int?> Layer = Number<int>("--layer", "The layer whose vectors are learned; 0: the layers' input. Default: the last.");

    private static readonly Option<string?> Data = Text("--data", "folder", "Where the GLUE task's original files are, or a folder of its name with them; or WikiQA's.");

    private static readonly Option<string?> Train = Text("--train", "file", "Labelled examples to learn from.");

    private static readonly Option<string?> Dev = Text("--dev", "file", "Labelled examples to be judged by.");

    private static readonly Option<string?> Test = Text("--submit", "folder",
        "Of a GLUE task: predict the unlabelled test file with the best run, and write the leaderboard's file there.");

    private static readonly Option<string?> TextColumn = Text("--text", "column", "The column with the text; #1, #2, ... by number.");

    private static readonly Option<string?> Pair = Text("--pair", "column", "The column with the second text.");

    private static readonly Option<string?> Label = Text("--label", "column", "The column with the label, labels or number.");

    private static readonly Option<string?> Id = Text("--id", "column", "The column with what an example is called.");

    private static readonly Option<string?> Kind = Choice("--kind", ["class", "labels", "number"],
        "What labels are. Default: lists, or with a --label-separator, are labels; numbers with fractions, or very many of them, numbers.");

    private static readonly Option<bool> NoHeader = new("--no-header") { Description = "The first row is an example. Columns are then #1, #2, ..." };

    private static readonly Option<string?> LabelSeparator = Text("--label-separator", "character", "Stands between several labels of one text.");

    private static readonly Option<string?> BadRows = Choice("--bad-rows", ["fail", "skip"], "What to do with rows that can't be read. skip: count them.");

    private static readonly Option<string?> Tags = Choice("--tags", ["any", "bio", "iob1", "bioes"],
        "The scheme of tags: a sentence that breaks it is a bad row, and entities count by its strict rules. Default: any, which counts as conlleval does.");

    private static readonly Option<string?> Loss = Choice("--loss", ["binary", "pairwise", "cosent", "cosine", "infonce", "simcse"],
        "What is learned from. Of ranking: binary, each passage by itself; pairwise, relevant ones beside others. Of vectors: cosent, cosine; infonce, pairs with a score "
        + "of 4 or more; simcse, sentences without their scores. Default: binary, cosent.");

    private static readonly Option<int?> Seeds = Number<int>("--seeds", "How many runs, with seeds from --seed on. Default: 1.");

    private static readonly Option<long?> Seed = Number<long>("--seed", "Seed of the head's weights, of dropout and of the order. Default: 0.");

    private static readonly Option<int?> RandomRuns = Number<int>("--random-runs", "How many of these also from random weights, to compare with. Default: 0.");

    private static readonly Option<int?> Retries = Number<int>("--retries", "How many runs that learned nothing are tried again with another seed. Default: 0.");

    private static readonly Option<double?> Epochs = Number<double>("--epochs", "How often the examples are gone through. Default: the task's.");

    private static readonly Option<double?> LearningRate = Number<double>("--learning-rate", "The head's peak rate. Default: by the size of the encoder.");

    private static readonly Option<int?> BatchSize = Number<int>("--batch-size", "Examples of an update. Default: 32.");

    private static readonly Option<int?> MaxLength = Number<int>("--max-length", "Tokens of the longest sequence. Default: the task's, at most the encoder's.");

    private static readonly Option<double?> Warmup = Number<double>("--warmup", "Share of the updates over which the rate rises. Default: 0.1.");

    private static readonly Option<double?> LayerDecay = Number<double>("--layer-decay", "What the rate shrinks by from layer to layer. Default: 0.8; 1: one rate.");

    private static readonly Option<string?> Schedule = Choice("--schedule", ["linear", "linear-from-zero", "cosine"],
        "How the rate goes. linear-from-zero: linear as Hugging Face counts, whose first update has rate 0.");

    private static readonly Option<string?> Head = Choice("--head", ["huggingface", "google"], "The form of the head where the two differ. Default: huggingface.");

    private static readonly Option<string?> HeadInit = Choice("--head-init", ["glorot", "normal"], "What the head starts from. normal: as in Hugging Face.");

    private static readonly Option<bool> Google = new("--google") { Description = "The arithmetic of the paper's code: sums, no bias correction, its schedule and heads." };

    private static readonly Option<double?> LabelSmoothing = Number<double>("--label-smoothing", "Share of a class that is spread over all. Default: 0.");

    private static readonly Option<bool> Balance = new("--balance-classes") { Description = "Rare classes weigh more, each class the same in all." };

    private static readonly Option<double?> RDrop = Number<double>("--r-drop", "Weight of R-Drop, which doubles the work; 0.25 is usual. Default: off.");

    private static readonly Option<int?> FreshLayers = Number<int>("--fresh-layers", "How many of the top layers start from fresh weights. Default: 0.");

    private static readonly Option<string[]> Freeze = new("--freeze")
    {
        HelpName = "prefix",
        AllowMultipleArgumentsPerToken = true,
        Description = "Parameters that are not trained, by the beginnings of their names: electra.embeddings electra.encoder.layer.0.",
    };

    private static readonly Option<bool> CopyTokenType = new("--copy-token-type")
    {
        Description = "For pairs: token type 1 starts from the row of token type 0, where the encoder never saw pairs.",
    };

    private static readonly Option<bool> SelectBest = new("--select-best") { Description = "Keep the model of the best epoch, not the last." };

    private static readonly Option<int?> Patience = Number<int>("--patience", "Evaluations without a better score after which a run ends. Default: none.");

    private static readonly Option<string?> Template = Text("--template", "text",
        "Learn the words of a prompt under the head of pre-training, for few examples: a sentence with {} where the word goes, {0} where the text goes.");

    private static readonly Option<string?> Words = Text("--labels", "class=word,...", "The words of --template, one a class, or several: class=word|word.");

    private static readonly Option<string?> Padding = Choice("--padding", ["by-length", "longest", "max-length"], "How batches are padded. Default: by-length.");

    private static readonly Option<string?> Precision = Choice("--precision", ["auto", "fp32", "bf16"], "Arithmetic of the big multiplications. Default: fp32.");

    private static readonly Option<string?> Device = Text("--device", "auto|cpu|cuda[:n]", "auto: the first GPU if there is one, else the CPU. Of several ranks each has a GPU of its own, or all compute on CPUs.");

    private static readonly Option<string?> Output = Text("--output", "folder", "Everything is written under it. Default: runs/fine-tune.");

    private static readonly Option<int?> SaveEvery = Number<int>("--save-every", "Updates between checkpoints; 0: only at the end. Default: 1000.");

    private static readonly Option<int?> MaxSkippedSteps = Number<int>("--max-skipped-steps",
        "Updates in a row that are left out, since loss or gradient were NaN or infinite, before the run goes back or ends. Default: 5.");

    private static readonly Option<int?> Rollbacks = Number<int>("--rollbacks",
        "How often the run may then go back to a checkpoint, at half the rate and behind the examples that were read. Default: 0, which ends it.");

    private static readonly Option<string?> Resume = Choice("--resume", ["auto", "never"],
        "auto: go on from the newest checkpoints under --output. never: refuse a folder that holds a run.");

    /// <summary>Builds the command; <paramref name="run"/> gives the exit code.</summary>
    public static RootCommand Create(Func<FineTuneArguments, int> run)
    {
        var command = new RootCommand("Fine-tunes a pre-trained ELECTRA encoder for a task, and judges it as the field does.")
        {
            Model, Task, Data, Train, Dev, TextColumn, Pair, Label, Id, Kind, NoHeader, LabelSeparator, Tags, BadRows, Loss, Layer, Seeds, Seed, RandomRuns, Retries, Epochs,
            LearningRate, BatchSize, MaxLength, Warmup, LayerDecay, Schedule, Head, HeadInit, Google, LabelSmoothing, Balance, RDrop, FreshLayers, Freeze,
            CopyTokenType, Template, Words, SelectBest, Patience, Padding, Precision, Device, Output, SaveEvery, MaxSkippedSteps, Rollbacks, Resume, Test,
        };
        AddExamples(command, Examples);
        command.SetAction(result => run(Read(result)));
        return command;
    }

    private static FineTuneArguments Read(ParseResult result)
    {
        var defaults = new FineTuneArguments();
        return new FineTuneArguments
        {
            Model = result.GetValue(Model),
            Task = result.GetValue(Task),
            Data = result.GetValue(Data),
            Layer = result.GetValue(Layer),
            Train = result.GetValue(Train),
            Dev = result.GetValue(Dev),
            Test = result.GetValue(Test),
            Text = result.GetValue(TextColumn),
            Pair = result.GetValue(Pair),
            Label = result.GetValue(Label),
            Id = result.GetValue(Id),
            Kind = result.GetValue(Kind),
            NoHeader = result.GetValue(NoHeader),
            LabelSeparator = result.GetValue(LabelSeparator),
            Tags = result.GetValue(Tags),
            Loss = result.GetValue(Loss),
            SkipBadRows = result.GetValue(BadRows) == "skip",
            Seeds = result.GetValue(Seeds) ?? defaults.Seeds,
            FirstSeed = result.GetValue(Seed) ?? defaults.FirstSeed,
            RandomRuns = result.GetValue(RandomRuns) ?? defaults.RandomRuns,
            Retries = result.GetValue(Retries) ?? defaults.Retries,
            Epochs = result.GetValue(Epochs),
            LearningRate = result.GetValue(LearningRate),
            BatchSize = result.GetValue(BatchSize),
            MaxLength = result.GetValue(MaxLength),
            Warmup = result.GetValue(Warmup),
            LayerDecay = result.GetValue(LayerDecay),
            Schedule = result.GetValue(Schedule),
            Head = result.GetValue(Head),
            HeadInit = result.GetValue(HeadInit),
            Google = result.GetValue(Google),
            LabelSmoothing = result.GetValue(LabelSmoothing),
            BalanceClasses = result.GetValue(Balance),
            RDrop = result.GetValue(RDrop),
            FreshLayers = result.GetValue(FreshLayers),
            Freeze = result.GetValue(Freeze) ?? [],
            CopyTokenType = result.GetValue(CopyTokenType),
            SelectBest = result.GetValue(SelectBest),
            Patience = result.GetValue(Patience),
            Template = result.GetValue(Template),
            Words = result.GetValue(Words),
            Padding = result.GetValue(Padding),
            Precision = result.GetValue(Precision) ?? defaults.Precision,
            Device = result.GetValue(Device) ?? defaults.Device,
            Output = result.GetValue(Output) ?? defaults.Output,
            SaveEvery = result.GetValue(SaveEvery),
            MaxSkippedSteps = result.GetValue(MaxSkippedSteps),
            Rollbacks = result.GetValue(Rollbacks),
            Resume = result.GetValue(Resume) != "never",
        };
    }
}
