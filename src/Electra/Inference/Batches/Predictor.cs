using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tokenization;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Inference;

/// <summary>
/// A model with a head and its tokenizer on libtorch, ready to be asked by any number of threads at once.
/// </summary>
internal sealed class Predictor<TModel> : ISequenceModel
    where TModel : ElectraHeadModel, IElectraModule<TModel>
{
    private readonly SequenceRunner _runner;
    private readonly Func<TModel, TokenRows, Tensor> _forward;

    private Predictor(TModel model, ElectraTokenizer tokenizer, Func<TModel, TokenRows, Tensor> forward, InferenceOptions options)
    {
        (Model, Tokenizer, _forward) = (model, tokenizer, forward);
        MaxLength = Math.Min(options.MaxLength ?? tokenizer.Options.ModelMaxLength ?? int.MaxValue, model.Config.MaxPositionEmbeddings);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLength, 4, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PositionsPerPass ?? 1, 1, nameof(options));
        _runner = new SequenceRunner(model.Device, tokenizer.SpecialTokens.PadId, model.Config.MaxPositionEmbeddings) { PositionsPerPass = options.PositionsPerPass };
    }

    /// <summary>The model, in evaluation mode.</summary>
    public TModel Model { get; }

    /// <inheritdoc/>
    public ElectraConfig Config => Model.Config;

    /// <inheritdoc/>
    public ElectraTokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public int MaxLength { get; }

    /// <summary>Loads a folder.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="what">What the head does, for messages.</param>
    /// <param name="forward">Asks the model, as in <see cref="SequenceRunner.Run"/>.</param>
    /// <param name="options">How it is put to work.</param>
    /// <param name="config">In place of the folder's; null to read that.</param>
    /// <exception cref="InvalidDataException">The folder's model has another head or none, or its tokenizer is another model's.</exception>
    public static Predictor<TModel> Load(
        string folder, string what, Func<TModel, TokenRows, Tensor> forward, InferenceOptions? options, ElectraConfig? config = null)
    {
        options ??= new InferenceOptions();
        ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(folder);
        TModel model = PretrainedExtensions.Load<TModel>(folder, out PretrainedLoadReport report, options.Device, config, seed: 0);
        try
        {
            if (report.MissingKeys.Count > 0)
            {
                string saved = model.Config.Architectures is [string name, ..] ? $"was saved as {name}, which" : "was saved from a model that";
                throw new InvalidDataException(
                    $"'{folder}' {saved} has no head for {what} ('{report.MissingKeys[0]}' is missing); fine-tune it for that first.");
            }

            RequireTokenizer(folder, model, tokenizer);
            model.ComputeDtype = ComputeType.Resolve(options.Precision, model.Device);
            model.IsInferenceOnly = true;
            return new Predictor<TModel>(model, tokenizer, forward, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public float[][] Run(IReadOnlyList<TokenSequence> sequences, CancellationToken cancellationToken) =>
        _runner.Run(sequences, rows => _forward(Model, rows), cancellationToken);

    public void Dispose() => Model.Dispose();

    private static void RequireTokenizer(string folder, TModel model, ElectraTokenizer tokenizer)
    {
        try
        {
            model.Config.RequireVocabulary(tokenizer.VocabSize, tokenizer.SpecialTokens.PadId);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"'{folder}': {error.Message}", error);
        }
    }
}
