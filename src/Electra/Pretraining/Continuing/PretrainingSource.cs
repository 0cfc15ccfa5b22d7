using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Tokenization;
using Electra.Training;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Weights that exist, for a run to begin with: Hugging Face folders of an encoder and its generator or of the encoder alone, the output folder of another run,
/// or a checkpoint of Google's code. Networks, vocabulary and, where the files have them, moments and step come from there.
/// </summary>
public abstract class PretrainingSource : IDisposable
{
    private const string Discriminator = "discriminator", LanguageModel = "language-model", Generator = "generator";

    private protected PretrainingSource(string name) => Name = name;

    /// <summary>Opens weights of any kind; sizes and vocabularies are checked, and no weights are read yet.</summary>
    /// <param name="path">
    /// A Hugging Face folder; a folder with such folders <c>discriminator</c> (or <c>language-model</c>) and <c>generator</c> in it; the output folder of a run, whose
    /// newest checkpoint counts; or a checkpoint of Google's code, as in <see cref="GoogleCheckpoint.Open"/>.
    /// </param>
    /// <param name="generator">The generator's Hugging Face folder, when the path is that of the discriminator alone. <value>Default: none.</value></param>
    /// <param name="heads">The encoder's attention heads, which Google's checkpoints do not say. <value>Default: Google's rule.</value></param>
    /// <exception cref="IOException">There is nothing of that kind, or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is malformed, or discriminator and generator do not go together; says which of their sizes, or which token, differs.</exception>
    public static PretrainingSource Open(string path, string? generator = null, int? heads = null)
    {
        if (generator is not null || FolderSource.IsModel(path)) return new FolderSource(path, generator);
        if (RunSource.IsRun(path)) return new RunSource(path);
        string inner = Path.Combine(path, Generator);
        foreach (string encoder in new[] { Discriminator, LanguageModel }.Select(name => Path.Combine(path, name)).Where(FolderSource.IsModel))
            return new FolderSource(encoder, FolderSource.IsModel(inner) ? inner : null);
        if (FolderSource.IsModel(inner)) return new FolderSource(inner, null);
        if (GoogleSource.IsCheckpoint(path)) return new GoogleSource(path, heads);
        throw new FileNotFoundException(
            $"'{path}' is nothing that a run can begin with: no Hugging Face folder (config.json), none with '{Discriminator}' and '{Generator}' in it, no run with checkpoints, and no "
            + "checkpoint of Google's code (NAME.index).", path);
    }

    /// <summary>Where it is, for messages.</summary>
    public string Name { get; }

    /// <summary>What wrote it.</summary>
    public abstract PretrainingSourceKind Kind { get; }

    /// <summary>The encoder's config.</summary>
    public abstract ElectraConfig Config { get; }

    /// <summary>The generator's config; null where there is none.</summary>
    public abstract ElectraConfig? GeneratorConfig { get; }

    /// <summary>The tokenizer beside the weights.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public abstract ElectraTokenizer Tokenizer { get; }

    /// <summary>How the run went that left the weights; null where nothing says so.</summary>
    public virtual PretrainingOptions? Options => null;

    /// <summary>The updates made, where there are moments of the optimizer to go on with; else null.</summary>
    public virtual long? Step => null;

    /// <summary>
    /// The options that fit the weights: the generator's size, no other start of positions, and what the networks share. Where two folders have different embeddings, a
    /// generator that was to share them keeps its own (<see cref="EmbeddingSharing.None"/>), which loses nothing.
    /// </summary>
    /// <param name="options">Weights of the losses and the like, which stay.</param>
    /// <exception cref="InvalidDataException">The objective can't be trained from these weights.</exception>
    public abstract PretrainingModelOptions Fit(PretrainingModelOptions options);

    /// <summary>Makes the networks and loads them.</summary>
    /// <param name="options">
    /// As <see cref="Fit"/> gives them; a generator that is to share embeddings which differ in the files gets the discriminator's, and this is reported. The model's own options say how it
    /// was made, and a run must be given those.
    /// </param>
    /// <param name="report">What starts fresh, what was not used, whose embeddings were taken.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <returns>Owned by the caller.</returns>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is malformed, or lacks what the options ask for.</exception>
    public abstract ElectraPretrainingModel Load(PretrainingModelOptions options, out PretrainingLoadReport report, Device? device = null);

    /// <summary>Closes its files; the networks stay.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives moments and step to a fresh run, as <see cref="PretrainingTrainer.StartFrom(PretrainingSource)"/> says.</summary>
    internal abstract bool Start(TrainingLoop loop, PretrainingOptions options, ILogger logger);

    private protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>What the paper gives a generator beside a discriminator of a size: a third of base's width, a quarter of others.</summary>
    internal static double PaperFraction(ElectraConfig config) => config.HiddenSize == ElectraConfig.Base.HiddenSize ? 1.0 / 3 : 0.25;

    /// <summary>Whether a run of some options has a generator beside its encoder that is a network.</summary>
    private protected static bool HasGenerator(PretrainingModelOptions options) =>
        options.Generator == GeneratorKind.Trained && options.Objective != PretrainingObjective.MaskedLM;
}
