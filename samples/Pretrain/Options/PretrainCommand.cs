using System.CommandLine;
using static Electra.Samples.Pretrain.Options.OptionKinds;

namespace Electra.Samples.Pretrain.Options;

/// <summary>The command line: options, their help, and how they become <see cref="PretrainArguments"/>.</summary>
internal static class PretrainCommand
{
    private const string Examples = """
        Examples (after: dotnet run -c Release --project samples/Pretrain -- ):
          (nothing)                                              a small model on the SDK's documentation, in minutes on a CPU
          --corpus notes/ logs/*.txt.gz --output runs/mine       your own text: learns a vocabulary, then trains "tiny" on it
          --corpus wiki.jsonl.zst --vocab vocab.txt --model small --device cuda --precision bf16
                                                                 the paper's ELECTRA-Small, with a vocabulary you have
          --corpus wiki/ --model base --micro-batch-size 16      the same updates in less memory: smaller pieces of each batch
          --corpus wiki/ --model small --budget 2h --schedule wsd --phases 128:0.9,512:0.1 --batch-ramp 32:0.1
                                                                 what two hours give: mostly short examples, small batches first
          --objective mlm --output runs/mlm                      a masked language model instead, to compare with
          --from electra-small/ --corpus notes/ --steps 20000 --learning-rate 1e-4 --extra-words words.txt
                                                                 goes on from a discriminator, or a folder with one and its generator
          (the same command again)                               after Ctrl+C: goes on where it stopped
          mpirun -n 4 dotnet Pretrain.dll ...                    several processes prepare the corpus and train together

        Under --output: discriminator/ and generator/ (Hugging Face folders), vocab.txt and the tokenizer's other files, shards/,
        checkpoints/, metrics.jsonl, tensorboard/, training.png.
        Exit codes: 0 done, 1 failed, 2 wrong use or unreadable input (nothing is written), 130 interrupted (run again to resume).
        """;

    private static readonly Option<string[]> Corpus = new("--corpus")
    {
        HelpName = "path or glob",
        Description = "Text to train on: files, folders or globs of .txt (one paragraph a line, blank line between documents), "
            + ".jsonl, .ndjson or .json (an object a line, field \"text\") or .parquet (column \"text\"), plain or .gz or .zst. Hidden names "
            + "and folders that hold a run are left out. Default: the reference documentation inside the .NET SDK.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Vocabulary = Text("--vocab", "vocab.txt",
        "A WordPiece vocabulary to use. Default: one is learned from the corpus.");

    private static readonly Option<int?> VocabSize = Number<int>("--vocab-size", "Tokens in the vocabulary to learn.");

    private static readonly Option<int?> Alphabet = Number<int>("--alphabet",
        "Different characters that the vocabulary to learn holds; words with others become [UNK]. Default: chosen from the corpus.");

    private static readonly Option<int?> MinimumFrequency = Number<int>("--min-frequency",
        "Characters and pairs of pieces rarer than this are not learned. Default: 2.");

    private static readonly Option<bool> Cased = new("--cased")
    {
        Description = "Keep upper case, and accents with it. Default: text is lower-cased. For a --vocab that was made so, too.",
    };

    private static readonly Option<bool> KeepAccents = new("--keep-accents")
    {
        Description = "Keep accents in lower-cased text, and Hangul syllables whole. Default: accents go.",
    };

    private static readonly Option<string?> Model = Text("--model", "tiny|mini|small|base|large|config.json",
        "The network, with the recipe that fits it (rate, batch, length, steps, generator, masking); options below override it. "
        + $"small, base and large are the paper's. Default: {DefaultJob.Name}, {DefaultJob.Config.HiddenSize} wide.");

    private static readonly Option<string?> OptionsFile = Text("--options", "options.json",
        "More of the library's pre-training options, in place of the recipe's, by their names: {\"RateWidth\": 128, \"Masking\": {\"MaskProbability\": 0.2}}.");

    private static readonly Option<double?> GeneratorSize = Number<double>("--generator-size",
        "Generator width as a fraction of the discriminator's, above 0 up to 1.");

    private static readonly Option<int?> SequenceLength = Number<int>("--sequence-length", "Tokens in an example, with [CLS] and [SEP].");

    private static readonly Option<int?> BatchSize = Number<int>("--batch-size", "Examples in an optimizer step.");

    private static readonly Option<int?> MicroBatchSize = Number<int>("--micro-batch-size",
        "Examples in one forward and backward; divides --batch-size. Lower it when memory runs out. Default: up to 32, on a GPU up to 16,384 tokens.");

    private static readonly Option<int?> Steps = Number<int>("--steps",
        "Optimizer steps. A run that has ended or stopped goes on when given more; its rate is then that of a run of the new length.");

    private static readonly Option<string?> Budget = Text("--budget", "time",
        "Ends training after so much time, such as 90s, 45m, 2h or 1h30m, instead of --steps: the rate falls with the clock. Evaluations "
        + "and saves on the way count; preparing the text and those at the end come on top. Time between two starts does not count.");

    private static readonly Option<string?> Phases = Text("--phases", "length[xbatch]:share,...",
        "Parts of the run with their own sequence length (and batch): 128:0.9,512:0.1 or 128x256:90%,512x64:10%. "
        + "Longer phases take smaller micro-batches, so that memory stays the same.");

    private static readonly Option<string?> BatchRamp = Text("--batch-ramp", "batch:share",
        "Begins with this batch and grows it, micro-batch by micro-batch, to the full one over this share of the run: 32:0.1.");

    private static readonly Option<double?> LearningRate = Number<double>("--learning-rate", "Peak learning rate.");

    private static readonly Option<int?> WarmupSteps = Number<int>("--warmup-steps", "Steps over which the rate climbs to its peak.");

    private static readonly Option<string?> Schedule = Choice("--schedule", ["linear", "cosine", "wsd", "google"],
        "How the rate goes on after warm-up. google: as the paper's code, linear from the first step on.");

    private static readonly Option<string?> Precision = Choice("--precision", ["auto", "fp32", "bf16"],
        "Arithmetic of the big multiplications. auto: bf16 where it is the faster one.");

    private static readonly Option<string?> Device = Text("--device", "auto|cpu|cuda[:n]",
        "auto: the first GPU if there is one, else the CPU. Of several ranks each has a GPU of its own, or all compute on CPUs.");

    private static readonly Option<string?> Objective = Choice("--objective", [.. RunPlanBuilder.Objectives.Keys],
        "electra: replaced token detection. mlm: a plain masked language model. To compare with: electra-15 learns at the masked places alone; replace-mlm and "
        + "all-tokens-mlm predict words from the generator's; corrective detects and predicts; "
        + "adversarial trains the generator to raise the discriminator's loss; electric learns energies against noise (--generator unigram, its default, or uniform).");

    private static readonly Option<string?> Generator = Choice("--generator", ["trained", "uniform", "unigram"],
        "Where the words come from that stand in for masked ones: a network that is trained along, any word, or words as often as they occur. Default: trained.");

    private static readonly Option<double?> Segments = Number<double>("--second-segments",
        "Share of the examples that are cut in two segments, as pairs of texts will be. Default: the recipe's.");

    private static readonly Option<string?> Positions = Choice("--positions", ["normal", "sinusoidal", "neighbours"],
        "What position tables start from. neighbours: waves, and first heads that look at the tokens beside, so that learning begins sooner. Default: the recipe's.");

    private static readonly Option<string?> Optimizer = Choice("--optimizer", ["standard", "google"],
        "AdamW with bias correction, or without as in the paper's code, whose first updates are larger. Default: standard.");

    private static readonly Option<long?> Seed = Number<long>("--seed", "Seed of weights, masking, order and probes.");

    private static readonly Option<string?> Output = Text("--output", "folder", "Everything is written under it. Default: runs/pretrain.");

    private static readonly Option<int?> EvaluateEvery = Number<int>("--eval-every",
        "Steps between evaluations on held-out documents; 0: only at the end.");

    private static readonly Option<int?> SaveEvery = Number<int>("--save-every",
        "Steps between checkpoints to resume from; 0: only when interrupted and at the end.");

    private static readonly Option<int?> LogEvery = Number<int>("--log-every", "Steps between reports.");

    private static readonly Option<int?> MaxSkippedSteps = Number<int>("--max-skipped-steps",
        "Updates in a row that are left out, since loss or gradient were NaN or infinite, before the run goes back or ends. Default: 5.");

    private static readonly Option<int?> Rollbacks = Number<int>("--rollbacks",
        "How often the run may then go back to a checkpoint, at half the rate and behind the text that was read. Default: 0, which ends it.");

    private static readonly Option<double?> LossSpike = Number<double>("--loss-spike",
        "Warns of a report whose loss is so many deviations above the mean of the last 20; 6, say. Default: none is compared.");

    private static readonly Option<string?> Resume = Choice("--resume", ["auto", "never"],
        "auto: go on from the newest checkpoint under --output. never: start over; an earlier run there is replaced.");

    private static readonly Option<string?> BadLines = Choice("--bad-lines", ["fail", "skip"],
        "What to do with corpus lines that are no valid UTF-8 or JSON.");

    private static readonly Option<bool> OneDocumentPerLine = new("--one-document-per-line")
    {
        Description = "Every line of a .txt file is a document. Default: blank lines separate documents.",
    };

    private static readonly Option<double?> HeldOutShare = Number<double>("--held-out",
        "Share of the text that is kept from training, to be evaluated on. Default: 0.005; 0.03 of the SDK's documentation.");

    private static readonly Option<string?> CorpusChanged = Choice("--corpus-changed", ["refuse", "keep"],
        "What to do when --corpus or the vocabulary's options give another text than the one prepared under --output. "
        + "keep: go on with the prepared one, whether or not the files are still there.");

    private static readonly Option<string?> From = Text("--from", "folder|checkpoint",
        "Begin with weights that exist: a Hugging Face folder, one with discriminator/ and generator/ in it, the output of another run, or a checkpoint of Google's code. "
        + "Network, vocabulary and casing come from there.");

    private static readonly Option<string?> FromGenerator = Text("--from-generator", "folder",
        "The generator's folder, when it is not beside that of --from. Default: a fresh generator of the paper's size.");

    private static readonly Option<int?> FromHeads = Number<int>("--from-heads", "Attention heads of the encoder, which Google's checkpoints do not say. Default: one for every 64 of its width.");

    private static readonly Option<string?> FromState = Choice("--from-state", ["keep", "fresh"],
        "keep: go on with the optimizer's moments and at the step of --from, where it has them; --steps count from its beginning. fresh: begin at step 0.");

    private static readonly Option<string?> ExtraWords = Text("--extra-words", "words.txt", "Words, one a line, to become tokens of the vocabulary of --from; they begin as the mean of their pieces.");

    private static readonly Option<int?> ExtraWordCount = Number<int>("--extra-word-count", "So many words of the corpus to become tokens likewise: those that take most pieces.");

    private static readonly Option<int?> MaxPositions = Number<int>("--max-positions", "Rows of a longer position table than that of --from; they begin as its rows over again.");

    /// <summary>Builds the command; <paramref name="run"/> gives the exit code.</summary>
    public static RootCommand Create(Func<PretrainArguments, int> run)
    {
        var command = new RootCommand("Pre-trains an ELECTRA text encoder, from raw text to Hugging Face folders.")
        {
            Corpus, Vocabulary, VocabSize, Alphabet, MinimumFrequency, Cased, KeepAccents, Model, GeneratorSize, SequenceLength, BatchSize, MicroBatchSize, Steps, Budget,
            Phases, BatchRamp, LearningRate, WarmupSteps, Schedule, Precision, Device, OptionsFile, Objective, Generator, Segments, Positions, Optimizer, Seed, Output, EvaluateEvery, SaveEvery, LogEvery, MaxSkippedSteps, Rollbacks, LossSpike, Resume, BadLines,
            OneDocumentPerLine, HeldOutShare, CorpusChanged, From, FromGenerator, FromHeads, FromState, ExtraWords, ExtraWordCount, MaxPositions,
        };
        OptionKinds.AddExamples(command, Examples);
        command.SetAction(result => run(Read(result)));
        return command;
    }

    private static PretrainArguments Read(ParseResult result)
    {
        var defaults = new PretrainArguments();
        return new PretrainArguments
        {
            Corpus = result.GetValue(Corpus) ?? [],
            Vocabulary = result.GetValue(Vocabulary),
            VocabSize = result.GetValue(VocabSize),
            Alphabet = result.GetValue(Alphabet),
            MinimumFrequency = result.GetValue(MinimumFrequency),
            Cased = result.GetValue(Cased),
            KeepAccents = result.GetValue(KeepAccents),
            Model = result.GetValue(Model),
            GeneratorSize = result.GetValue(GeneratorSize),
            SequenceLength = result.GetValue(SequenceLength),
            BatchSize = result.GetValue(BatchSize),
            MicroBatchSize = result.GetValue(MicroBatchSize),
            Steps = result.GetValue(Steps),
            Budget = result.GetValue(Budget),
            Phases = result.GetValue(Phases),
            BatchRamp = result.GetValue(BatchRamp),
            LearningRate = result.GetValue(LearningRate),
            WarmupSteps = result.GetValue(WarmupSteps),
            Schedule = result.GetValue(Schedule),
            Precision = result.GetValue(Precision),
            Device = result.GetValue(Device) ?? defaults.Device,
            Objective = result.GetValue(Objective),
            Generator = result.GetValue(Generator),
            OptionsFile = result.GetValue(OptionsFile),
            SecondSegments = result.GetValue(Segments),
            Positions = result.GetValue(Positions),
            Optimizer = result.GetValue(Optimizer),
            Seed = result.GetValue(Seed),
            Output = result.GetValue(Output) ?? defaults.Output,
            EvaluateEvery = result.GetValue(EvaluateEvery),
            SaveEvery = result.GetValue(SaveEvery),
            LogEvery = result.GetValue(LogEvery),
            MaxSkippedSteps = result.GetValue(MaxSkippedSteps),
            Rollbacks = result.GetValue(Rollbacks),
            LossSpike = result.GetValue(LossSpike),
            Resume = result.GetValue(Resume) != "never",
            SkipBadLines = result.GetValue(BadLines) == "skip",
            OneDocumentPerLine = result.GetValue(OneDocumentPerLine),
            HeldOutShare = result.GetValue(HeldOutShare),
            From = result.GetValue(From),
            FromGenerator = result.GetValue(FromGenerator),
            FromHeads = result.GetValue(FromHeads),
            KeepsState = result.GetValue(FromState) != "fresh",
            ExtraWords = result.GetValue(ExtraWords),
            ExtraWordCount = result.GetValue(ExtraWordCount),
            MaxPositions = result.GetValue(MaxPositions),
            KeepPrepared = result.GetValue(CorpusChanged) == "keep",
        };
    }
}
