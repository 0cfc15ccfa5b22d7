using System.Globalization;
using System.Text.RegularExpressions;
using Electra.Configuration;

namespace Electra.Checkpoints;

/// <summary>Which networks a checkpoint of Google's code holds, and how large they are: read off the names and shapes of its variables.</summary>
internal sealed partial class GoogleNetworks
{
    private const string Tables = "electra", Own = "generator";
    private const int HeadWidth = 64, VariablesOfLayer = 16;

    private readonly TensorBundleReader _reader;

    /// <param name="reader">The checkpoint.</param>
    /// <param name="heads">Of the encoder; null for Google's rule.</param>
    /// <param name="generatorHeads">Of the generator; null for Google's rule.</param>
    /// <exception cref="InvalidDataException">It is no checkpoint of ELECTRA, incomplete, or its shapes do not agree.</exception>
    public GoogleNetworks(TensorBundleReader reader, int? heads, int? generatorHeads)
    {
        _reader = reader;
        if (!Has($"{Tables}/embeddings/word_embeddings"))
            throw new InvalidDataException($"'{reader.Prefix}' holds no ELECTRA network of Google's code: it has no variable '{Tables}/embeddings/word_embeddings'.");
        HasDiscriminator = HasScope("discriminator_predictions");
        HasTwoTowers = HasScope("generator_ltr") || HasScope("generator_rtl") || HasScope("cloze_predictions");
        HasOwnGenerator = HasScope(Own);
        HasOwnTables = HasScope($"{Own}/embeddings");
        EncoderConfig = Config(Tables, Tables, heads);
        Encoder = [.. GoogleVariable.Encoder(Tables, Tables, EncoderConfig)];
        Discriminator = HasDiscriminator ? [.. Encoder, .. GoogleVariable.DetectionHead(EncoderConfig)] : [];
        if (HasOwnGenerator || HasScope("generator_predictions"))
        {
            (string tables, string scope) = (HasOwnTables ? Own : Tables, HasOwnGenerator ? Own : Tables);
            GeneratorConfig = HasOwnGenerator ? Config(tables, scope, generatorHeads) : EncoderConfig;
            Generator = [.. GoogleVariable.Encoder(tables, scope, GeneratorConfig), .. GoogleVariable.MaskedLMHead(GeneratorConfig)];
        }

        All = [.. Encoder.Concat(Discriminator).Concat(Generator).DistinctBy(variable => variable.Name)];
        RequireVariables();
    }

    /// <summary>Whether there is a head of replaced token detection.</summary>
    public bool HasDiscriminator { get; }

    /// <summary>Whether the generator has layers of its own, and not those of the encoder.</summary>
    public bool HasOwnGenerator { get; }

    /// <summary>Whether the generator has embeddings of its own, too.</summary>
    public bool HasOwnTables { get; }

    /// <summary>Whether there are the two one-directional towers of Electric, which no network here is.</summary>
    public bool HasTwoTowers { get; }

    /// <summary>The encoder's, which is the discriminator's.</summary>
    public ElectraConfig EncoderConfig { get; }

    /// <summary>The generator's; null when there is none.</summary>
    public ElectraConfig? GeneratorConfig { get; }

    /// <summary>The encoder's variables.</summary>
    public IReadOnlyList<GoogleVariable> Encoder { get; }

    /// <summary>The discriminator's; none when there is no head.</summary>
    public IReadOnlyList<GoogleVariable> Discriminator { get; }

    /// <summary>The generator's, shared ones included; none when there is none.</summary>
    public IReadOnlyList<GoogleVariable> Generator { get; } = [];

    /// <summary>All of these, each once.</summary>
    public IReadOnlyList<GoogleVariable> All { get; }

    private ElectraConfig Config(string tables, string scope, int? heads)
    {
        long[] words = Sizes($"{tables}/embeddings/word_embeddings", 2);
        int layers = Layers(scope);
        string query = $"{scope}/encoder/layer_0/attention/self/query/kernel", forward = $"{scope}/encoder/layer_0/intermediate/dense/kernel";
        long hidden = layers > 0 ? Sizes(query, 2)[0] : words[1];
        var config = new ElectraConfig
        {
            VocabSize = Size(words[0]),
            EmbeddingSize = Size(words[1]),
            MaxPositionEmbeddings = Size(Sizes($"{tables}/embeddings/position_embeddings", 2)[0]),
            TypeVocabSize = Size(Sizes($"{tables}/embeddings/token_type_embeddings", 2)[0]),
            HiddenSize = Size(hidden),
            NumHiddenLayers = layers,
            IntermediateSize = Size(layers > 0 ? Sizes(forward, 2)[1] : 4 * hidden),
            NumAttentionHeads = heads ?? (int)Math.Max(1, hidden / HeadWidth),
        };
        try
        {
            return config.Validate();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException(
                $"'{_reader.Prefix}': its '{scope}' with {config.NumAttentionHeads} attention head(s), {(heads is null ? $"as Google's rule has it (width / {HeadWidth}; no checkpoint says how many there are, so give their number)" : "as given")}, can't be made. {error.Message}", error);
        }
    }

    private int Layers(string scope)
    {
        string start = $"{scope}/encoder/layer_";
        var found = new HashSet<int>();
        foreach (string name in _reader.Entries.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal)))
        {
            Match match = LayerNumber().Match(name[start.Length..]);
            if (match.Success && int.TryParse(match.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int layer)) found.Add(layer);
        }

        if ((long)found.Count * VariablesOfLayer > _reader.Entries.Count)
            throw new InvalidDataException($"'{_reader.Prefix}' is incomplete: {_reader.Entries.Count} variables are too few for {found.Count} layers '{start}...'.");
        for (int layer = 0; layer < found.Count; layer++)
        {
            if (!found.Contains(layer))
                throw new InvalidDataException($"'{_reader.Prefix}' is incomplete: there are layers above '{start}{layer.ToString(CultureInfo.InvariantCulture)}', but not that one.");
        }

        return found.Count;
    }

    private bool Has(string name) => _reader.Entries.ContainsKey(name);

    private bool HasScope(string scope) => _reader.Entries.Keys.Any(name => name.StartsWith(scope + "/", StringComparison.Ordinal));

    private long[] Sizes(string name, int rank)
    {
        if (!_reader.Entries.TryGetValue(name, out TensorBundleEntry? entry)) throw new InvalidDataException($"'{_reader.Prefix}' is incomplete: it has no variable '{name}'.");
        return entry.Shape.Count == rank ? [.. entry.Shape] : throw new InvalidDataException($"'{_reader.Prefix}': '{name}' is {entry.Description}, but should have {rank} dimensions.");
    }

    private int Size(long size) =>
        size <= int.MaxValue / 4 ? (int)size : throw new InvalidDataException($"'{_reader.Prefix}': {size} is no size of a network that can be made.");

    // Before anything is made of their sizes: a network is then no larger than the files.
    private void RequireVariables()
    {
        const int named = 5;
        string[] missing = [.. All.Select(variable => variable.Name).Where(name => !Has(name))];
        if (missing.Length > 0)
        {
            throw new InvalidDataException(
                $"'{_reader.Prefix}' is incomplete: {missing.Length} of {All.Count} variables are missing, for example {string.Join(", ", missing.Take(named).Select(name => $"'{name}'"))}.");
        }

        string[] wrong =
        [
            .. from variable in All
               from name in GoogleVariable.Slots.Select(slot => variable.Name + slot).Where(Has).Prepend(variable.Name)
               let entry = _reader.Entries[name]
               where !entry.Shape.SequenceEqual(variable.Shape) || entry.TypeName is not ("float32" or "float64" or "float16" or "bfloat16")
               select $"'{name}' is {entry.Description}, not a floating-point [{string.Join(", ", variable.Shape)}]",
        ];
        if (wrong.Length > 0)
            throw new InvalidDataException($"'{_reader.Prefix}': {wrong.Length} variable(s) do not go with the others: {string.Join("; ", wrong.Take(named))}.");
    }

    [GeneratedRegex("^[0-9]+(?=/)", RegexOptions.CultureInvariant)]
    private static partial Regex LayerNumber();
}
