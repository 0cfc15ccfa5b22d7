using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>
/// A checkpoint that Google's ELECTRA code (google-research/electra, TensorFlow 1) has written: its networks, the moments of its optimizer and its step.
/// Sizes are read off the variables. What the file does not say is as in that code: erf-GELU, a LayerNorm epsilon of 1e-12, [PAD] as token 0.
/// </summary>
public sealed partial class GoogleCheckpoint : IDisposable
{
    private const string GlobalStep = "global_step";

    private readonly TensorBundleReader _reader;
    private readonly GoogleNetworks _networks;

    private GoogleCheckpoint(TensorBundleReader reader, int? heads, int? generatorHeads)
    {
        _reader = reader;
        _networks = new GoogleNetworks(reader, heads, generatorHeads);
        Step = ReadStep();
        string[] slots = [.. _networks.All.SelectMany(variable => GoogleVariable.Slots, (variable, slot) => variable.Name + slot)];
        string[] missing = [.. slots.Where(name => !reader.Entries.ContainsKey(name))];
        HasOptimizerState = missing.Length == 0;
        MissingOptimizerState = missing.Length == slots.Length ? [] : missing;
        Tasks = GoogleTaskHeads.Of(reader, EncoderConfig.HiddenSize);
        HashSet<string> known = [GlobalStep, .. slots, .. _networks.All.Select(variable => variable.Name)];
        foreach (string name in Tasks.SelectMany(task => task.Variables).Select(variable => variable.Name)) known.UnionWith([name, .. GoogleVariable.Slots.Select(slot => name + slot)]);
        UnknownVariables = [.. reader.Entries.Keys.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>The path that all files of the checkpoint begin with.</summary>
    public string Prefix => _reader.Prefix;

    /// <summary>Updates made; null when the checkpoint does not say.</summary>
    public long? Step { get; }

    /// <summary>The config of the encoder, which is the discriminator's.</summary>
    public ElectraConfig EncoderConfig => _networks.EncoderConfig;

    /// <summary>The config of the generator; null when there is none: a fine-tuned model, words drawn without a network, or Electric's two towers.</summary>
    public ElectraConfig? GeneratorConfig => _networks.GeneratorConfig;

    /// <summary>Whether there is a head of replaced token detection. Fine-tuned and BERT-like models have none.</summary>
    public bool HasDiscriminator => _networks.HasDiscriminator;

    /// <summary>Whether there is a generator that can be loaded.</summary>
    public bool HasGenerator => GeneratorConfig is not null;

    /// <summary>Whether the generator's layers are the encoder's own (<c>untied_generator=false</c>, and BERT's objective).</summary>
    public bool IsGeneratorTied => HasGenerator && !_networks.HasOwnGenerator;

    /// <summary>Whether generator and encoder have one set of embeddings; false also without a generator.</summary>
    public bool SharesEmbeddings => HasGenerator && !_networks.HasOwnTables;

    /// <summary>Whether all variables of the networks have their two moments. The released models have none.</summary>
    public bool HasOptimizerState { get; }

    /// <summary>The moments that are missing where others are there, which training can't go on from; empty when all are there, or none.</summary>
    public IReadOnlyList<string> MissingOptimizerState { get; }

    /// <summary>The fine-tuned heads, by name.</summary>
    public IReadOnlyList<GoogleTask> Tasks { get; }

    /// <summary>Variables that no network here has a use for, for example those of a fine-tuned head that Google's code does not have, sorted.</summary>
    public IReadOnlyList<string> UnknownVariables { get; }

    /// <summary>Opens a checkpoint; its networks are checked for completeness, and nothing but the step is read yet.</summary>
    /// <param name="path">The prefix (<c>folder/model.ckpt-1000</c>), one of the files, or a folder with a file <c>checkpoint</c> or only one checkpoint.</param>
    /// <param name="heads">The encoder's attention heads, which no checkpoint says. <value>Default: Google's rule, a head for every 64 of its width, at least one.</value></param>
    /// <param name="generatorHeads">The generator's. <value>Default: the same rule.</value></param>
    /// <exception cref="ArgumentOutOfRangeException">A number of heads is below 1.</exception>
    /// <exception cref="FileNotFoundException">There is no checkpoint, or one of its files is missing.</exception>
    /// <exception cref="InvalidDataException">It is damaged, incomplete, of TensorFlow's old form, or holds no ELECTRA network; the message says which.</exception>
    public static GoogleCheckpoint Open(string path, int? heads = null, int? generatorHeads = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads ?? 1, 1, nameof(heads));
        ArgumentOutOfRangeException.ThrowIfLessThan(generatorHeads ?? 1, 1, nameof(generatorHeads));
        TensorBundleReader reader = TensorBundleReader.Open(path);
        try
        {
            return new GoogleCheckpoint(reader, heads, generatorHeads);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Loads the encoder alone, in evaluation mode: all that a fine-tuned checkpoint gives.</summary>
    /// <param name="device">Where parameters shall live; null for the CPU.</param>
    /// <returns>float32, owned by the caller.</returns>
    /// <exception cref="InvalidDataException">A variable does not match its checksum.</exception>
    public ElectraModel LoadEncoder(Device? device = null)
    {
        const string prefix = "electra.";
        return Filled(Initializer.WithoutValues(() => new ElectraModel(EncoderConfig, device)), _networks.Encoder.Select(variable => variable with { Parameter = variable.Parameter[prefix.Length..] }));
    }

    /// <summary>Loads the discriminator, in evaluation mode.</summary>
    /// <param name="device">Where parameters shall live; null for the CPU.</param>
    /// <returns>float32, owned by the caller.</returns>
    /// <exception cref="InvalidDataException">There is none, or a variable does not match its checksum.</exception>
    public ElectraForPreTraining LoadDiscriminator(Device? device = null)
    {
        if (!HasDiscriminator)
            throw new InvalidDataException($"'{Prefix}' has no discriminator ('discriminator_predictions/...'): it is a fine-tuned model or a masked LM; {nameof(LoadEncoder)} gives its encoder.");
        return Filled(Initializer.WithoutValues(() => new ElectraForPreTraining(EncoderConfig, device)), _networks.Discriminator);
    }

    /// <summary>Loads the generator, in evaluation mode: a network of its own even where the checkpoint has embeddings or layers once for both.</summary>
    /// <param name="device">Where parameters shall live; null for the CPU.</param>
    /// <returns>float32, owned by the caller.</returns>
    /// <exception cref="InvalidDataException">There is none, or a variable does not match its checksum.</exception>
    public ElectraForMaskedLM LoadGenerator(Device? device = null)
    {
        if (GeneratorConfig is null) throw NoGenerator();
        return Filled(Initializer.WithoutValues(() => new ElectraForMaskedLM(GeneratorConfig, device)), _networks.Generator);
    }

    /// <summary>Closes the files; loaded models stay.</summary>
    public void Dispose() => _reader.Dispose();

    /// <summary>Whether there are Electric's two one-directional towers.</summary>
    internal bool HasTwoTowers => _networks.HasTwoTowers;

    /// <summary>What to say where a generator is asked for and there is none.</summary>
    internal InvalidDataException NoGenerator() => new(_networks.HasTwoTowers
        ? $"'{Prefix}' is an Electric model: its generator is two one-directional towers ('generator_ltr', 'generator_rtl'), which are not supported."
        : $"'{Prefix}' has no generator ('generator/...', 'generator_predictions/...'): words were drawn without one, or the model is fine-tuned.");

    /// <summary>Overwrites the parameters of networks that this checkpoint holds, or tensors that belong to them.</summary>
    /// <param name="tensors">By the names of <see cref="NamedVariables"/>; others are an error.</param>
    /// <param name="slot">One of <see cref="GoogleVariable.Slots"/>; empty for the weights themselves.</param>
    internal void CopyInto(IEnumerable<(string Name, Tensor Tensor)> tensors, string slot = "")
    {
        Dictionary<string, GoogleVariable> variables = NamedVariables();
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (!variables.TryGetValue(name, out GoogleVariable? variable)) throw new InvalidDataException($"'{Prefix}' has no variable for '{name}'.");
            _reader.CopyInto(variable.Name + slot, tensor, variable.IsKernel);
        }
    }

    // As the trained parameters of a pre-training model are called; a shared variable answers to both names.
    private Dictionary<string, GoogleVariable> NamedVariables()
    {
        Dictionary<string, GoogleVariable> named = new(StringComparer.Ordinal);
        foreach (GoogleVariable variable in _networks.Discriminator) named.Add("discriminator." + variable.Parameter, variable);
        foreach (GoogleVariable variable in _networks.Generator) named.Add("generator." + variable.Parameter, variable);
        return named;
    }

    private TModel Filled<TModel>(TModel model, IEnumerable<GoogleVariable> variables, string? zeros = null)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        try
        {
            ILookup<string, GoogleVariable> named = variables.ToLookup(variable => variable.Parameter, StringComparer.Ordinal);
            foreach ((string name, Tensor parameter) in ParameterListing.Distinct((string.Empty, model)).Select(item => (item.Name, (Tensor)item.Parameter)))
            {
                if (zeros is not null && name.StartsWith(zeros, StringComparison.Ordinal)) nn.init.zeros_(parameter);
                else if (!named.Contains(name)) throw new InvalidDataException($"'{Prefix}' has no variable for '{name}'.");
                foreach (GoogleVariable variable in named[name])
                {
                    using Tensor? row = variable.Row < 0 ? null : parameter.narrow(0, variable.Row, 1);
                    _reader.CopyInto(variable.Name, row ?? parameter, variable.IsKernel);
                }
            }

            model.eval();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private long? ReadStep()
    {
        if (!_reader.Entries.TryGetValue(GlobalStep, out TensorBundleEntry? entry)) return null;
        if (entry.TypeName != "int64" || entry.Shape.Count != 0)
            throw new InvalidDataException($"'{Prefix}': '{GlobalStep}' is {entry.Description}, not a whole number.");
        using Tensor step = _reader.ReadTensor(GlobalStep);
        long value = step.item<long>();
        return value >= 0 ? value : throw new InvalidDataException($"'{Prefix}': '{GlobalStep}' is {value}.");
    }
}
