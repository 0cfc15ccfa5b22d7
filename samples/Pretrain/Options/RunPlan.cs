using Electra.Configuration;
using Electra.Data;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tokenization;
using Electra.Training;

namespace Electra.Samples.Pretrain.Options;

/// <summary>A run whose settings were checked: nothing in it is missing or contradicts itself.</summary>
internal sealed record RunPlan
{
    /// <summary>The recipe's name or the path of a config.json.</summary>
    public required string Model { get; init; }

    /// <summary>The discriminator; its vocabulary size is set once the vocabulary is known.</summary>
    public required ElectraConfig Config { get; init; }

    public required double GeneratorSize { get; init; }

    public required double MaskProbability { get; init; }

    /// <summary>Files to train on; none for the SDK's documentation and where a prepared corpus is kept.</summary>
    public required CorpusFileList Corpus { get; init; }

    /// <summary>Whether the text is the SDK's documentation.</summary>
    public required bool IsDefaultCorpus { get; init; }

    /// <summary>Whether a prepared corpus is used whatever was asked for.</summary>
    public required bool KeepPrepared { get; init; }

    public required bool OneDocumentPerLine { get; init; }

    public required double HeldOutShare { get; init; }

    public required bool SkipBadLines { get; init; }

    /// <summary>A given vocabulary, or null to learn one.</summary>
    public required string? Vocabulary { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>Characters of the vocabulary to learn; null: chosen from the corpus.</summary>
    public required int? Alphabet { get; init; }

    public required int MinimumFrequency { get; init; }

    /// <summary>Casing and accents.</summary>
    public required ElectraTokenizerOptions Tokenizer { get; init; }

    public required PositionInitialization PositionInitialization { get; init; }

    /// <summary>Positions of an example; with phases those of the last, at which the run is judged.</summary>
    public required int SequenceLength { get; init; }

    public required int BatchSize { get; init; }

    public required int MicroBatchSize { get; init; }

    /// <summary>Counts unless there is a budget.</summary>
    public required int Steps { get; init; }

    public required TimeSpan? Budget { get; init; }

    /// <summary>Empty: the whole run has one length.</summary>
    public required IReadOnlyList<TrainingPhase> Phases { get; init; }

    public required BatchRamp? BatchRamp { get; init; }

    public required double LearningRate { get; init; }

    public required int WarmupSteps { get; init; }

    public required LearningRateScheduleKind Schedule { get; init; }

    public required string Precision { get; init; }

    public required string Device { get; init; }

    /// <summary>Replaced token detection; false: a plain masked language model.</summary>
    public required bool IsElectra { get; init; }

    public required long Seed { get; init; }

    public required string Output { get; init; }

    public required int EvaluateEvery { get; init; }

    public required int SaveEvery { get; init; }

    public required int LogEvery { get; init; }

    public required bool Resume { get; init; }

    /// <summary>Examples of a forward pass at <see cref="SequenceLength"/>.</summary>
    public int FinalMicroBatchSize => Phases is [.., { MicroBatchSize: int micro }] ? micro : MicroBatchSize;

    /// <summary>How corpus files are read.</summary>
    public CorpusOptions ToCorpusOptions() => new() { OneDocumentPerLine = OneDocumentPerLine, SkipMalformed = SkipBadLines };
    /// <summary>What changes the tokens beyond a vocabulary's file or size; empty when nothing was asked for.</summary>
    public string TokenizerChoices
    {
        get
        {
            var usual = new WordPieceTrainerOptions();
            List<string> choices = [];
            if (!Tokenizer.Lowercase) choices.Add("cased");
            if (Tokenizer.StripAccents == false) choices.Add("accents kept");
            if (Alphabet is int limit) choices.Add($"{limit} characters");
            if (MinimumFrequency != usual.MinimumFrequency) choices.Add($"minimum frequency {MinimumFrequency}");
            return string.Join(", ", choices);
        }
    }

    /// <summary>The vocabulary to learn.</summary>
    public WordPieceTrainerOptions ToTrainerOptions() => new()
    {
        VocabularySize = VocabularySize,
        AlphabetLimit = Alphabet,
        MinimumFrequency = MinimumFrequency,
        Tokenizer = Tokenizer,
    };

    /// <summary>The same as the library's options.</summary>
    public PretrainingOptions ToOptions()
    {
        var options = new PretrainingOptions
        {
            Model = new PretrainingModelOptions { GeneratorSize = GeneratorSize, PositionInitialization = PositionInitialization, Seed = Seed },
            Masking = new MaskingOptions { MaskProbability = MaskProbability },
            Data = new DataOptions
            {
                SequenceLength = SequenceLength,
                BatchSize = BatchSize,
                MicroBatchSize = MicroBatchSize,
                Seed = Seed,
                HeldOutFraction = HeldOutShare,
            },
            LearningRate = LearningRate,
            Schedule = Schedule,
            WarmupSteps = WarmupSteps,
            TrainSteps = Steps,
            Budget = Budget,
            Phases = Phases,
            BatchRamp = BatchRamp,
            Precision = Precision switch
            {
                "fp32" => TrainingPrecision.Float32,
                "bf16" => TrainingPrecision.BFloat16,
                _ => TrainingPrecision.Auto,
            },
            Seed = Seed,
            OutputFolder = Output,
            Resume = Resume,
            LogEvery = LogEvery,
            EvaluateEvery = EvaluateEvery,
            EvaluationExamples = DefaultJob.EvaluationExamples,
            SaveEvery = SaveEvery,
            AlarmPatience = Budget is null ? Math.Max(1, Steps / 3) : 1_000,
        };
        return IsElectra ? options : options.AsMaskedLM();
    }
}
