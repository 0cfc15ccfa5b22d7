using System.Collections.Frozen;
using Electra.Configuration;
using Electra.Inference;
using Electra.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace Electra.Onnx;

/// <summary>A folder's model on ONNX Runtime and its tokenizer, ready to be asked by any number of threads at once. Nothing here touches a tensor of libtorch.</summary>
internal sealed class OnnxSequenceModel : ISequenceModel
{
    /// <summary>Tokens of the shortest limit on sequences.</summary>
    public const int ShortestLength = 4;

    // Sums and LayerNorms as one operator take ONNX Runtime 1.31's CPU provider longer than apart: of a pass of int8 a third (benchmark onnx).
    private const string DisabledOptimizers = "optimization.disable_specified_optimizers", SlowOnCpu = "SkipLayerNormFusion";
    private const string SubnormalsAreZero = "session.set_denormal_as_zero";

    private static readonly FrozenSet<string> KnownInputs = new[] { OnnxNames.Ids, OnnxNames.Mask, OnnxNames.Types }.ToFrozenSet();

    private readonly InferenceSession _session;
    private readonly OnnxHead _head;
    private readonly int _positionsPerPass;

    private OnnxSequenceModel(InferenceSession session, OnnxHead head, ElectraConfig config, ElectraTokenizer tokenizer, OnnxInferenceOptions options)
    {
        (_session, _head, Config, Tokenizer, _positionsPerPass) = (session, head, config, tokenizer, options.PositionsPerPass);
        MaxLength = Math.Min(options.MaxLength ?? Embedding?.MaxLength ?? tokenizer.Options.ModelMaxLength ?? int.MaxValue, config.MaxPositionEmbeddings);
    }

    /// <inheritdoc/>
    public ElectraConfig Config { get; }

    /// <inheritdoc/>
    public ElectraTokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public int MaxLength { get; }

    /// <summary>Which vectors the file makes, and of how many tokens at most; null where it does not say.</summary>
    public (EmbeddingOptions Options, int MaxLength)? Embedding => OnnxMetadata.ReadEmbedding(_session.ModelMetadata.CustomMetadataMap);

    /// <summary>Loads a folder.</summary>
    /// <param name="folder">With <c>model.onnx</c>, <c>config.json</c> and tokenizer.</param>
    /// <param name="head">What it must have.</param>
    /// <param name="options">How it is put to work.</param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, the model has another head or none, or its tokenizer is another model's.</exception>
    public static OnnxSequenceModel Load(string folder, OnnxHead head, OnnxInferenceOptions? options)
    {
        options ??= new OnnxInferenceOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxLength ?? ShortestLength, ShortestLength, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PositionsPerPass, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads ?? 1, 1, nameof(options));
        string file = Path.Combine(folder, OnnxNames.File);
        if (!File.Exists(file))
            throw new FileNotFoundException($"'{folder}' has no {OnnxNames.File}: write one with {nameof(OnnxExporter)}.{nameof(OnnxExporter.Convert)}.", file);
        ElectraConfig config = ElectraConfig.Load(Path.Combine(folder, "config.json"));
        ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(folder);
        try
        {
            config.RequireVocabulary(tokenizer.VocabSize, tokenizer.SpecialTokens.PadId);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"'{folder}': {error.Message}", error);
        }

        InferenceSession session = Open(file, options);
        if (Fault(session, head, config) is not { } fault) return new OnnxSequenceModel(session, head, config, tokenizer, options);
        session.Dispose();
        throw new InvalidDataException($"'{file}' is no model for {head.Purpose}: {fault}.");
    }

    /// <inheritdoc/>
    public float[][] Run(IReadOnlyList<TokenSequence> sequences, CancellationToken cancellationToken)
    {
        var outputs = new float[sequences.Count][];
        foreach (int[] pass in PaddedRows.Passes(sequences, Config.MaxPositionEmbeddings, _positionsPerPass))
        {
            cancellationToken.ThrowIfCancellationRequested();
            PaddedRows rows = PaddedRows.Of([.. pass.Select(i => sequences[i])], Tokenizer.SpecialTokens.PadId, Config.MaxPositionEmbeddings);
            foreach ((int row, float[] output) in RunPass(rows).Index()) outputs[pass[row]] = output;
        }

        return outputs;
    }

    public void Dispose() => _session.Dispose();

    private static InferenceSession Open(string file, OnnxInferenceOptions options)
    {
        using SessionOptions session = Settings(options);
        using var _ = SubnormalsAsZero.Begin(); // the first session of a process sets this thread, too, and leaves it so
        try
        {
            return new InferenceSession(file, session);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"ONNX Runtime can't load '{file}': {error.Message}", error);
        }
    }

    /// <summary>The settings of a session.</summary>
    internal static SessionOptions Settings(OnnxInferenceOptions options)
    {
        OnnxRuntimeLibrary.Load();
        var session = new SessionOptions();
        session.AddSessionConfigEntry(DisabledOptimizers, SlowOnCpu);
        session.AddSessionConfigEntry(SubnormalsAreZero, "1"); // of the session's own threads
        if (options.Threads is int threads) session.IntraOpNumThreads = threads;
        options.Configure?.Invoke(session);
        return session;
    }

    private static string? Fault(InferenceSession session, OnnxHead head, ElectraConfig config)
    {
        if (!session.InputMetadata.TryGetValue(OnnxNames.Ids, out NodeMetadata? ids) || !session.InputMetadata.Keys.All(KnownInputs.Contains))
            return $"its inputs are {string.Join(", ", session.InputNames)}, where {string.Join(", ", KnownInputs)} are known";
        if (ids.Dimensions.Length != head.InputRank) return $"{OnnxNames.Ids} has {ids.Dimensions.Length} axes, not {head.InputRank}";
        foreach (string name in head.Outputs)
        {
            if (!session.OutputMetadata.TryGetValue(name, out NodeMetadata? output)) return $"it has no output {name}, but {string.Join(", ", session.OutputNames)}";
            if (output.ElementType != typeof(float)) return $"{name} is of type {output.ElementType.Name}, not float32";
            if (head.IsOfTokens && output.Dimensions is [_, > 0]) return $"its {name} are those of a text's labels, not of tokens";
            if (output.Dimensions.Length != head.Rank || (head.IsOfLabels && output.Dimensions[^1] != config.NumLabels))
            {
                string wanted = head.IsOfLabels ? $"{head.Rank}, the last of the {config.NumLabels} labels of config.json" : $"{head.Rank}";
                return $"{name} has the axes [{string.Join(", ", output.Dimensions.Zip(output.SymbolicDimensions, (size, of) => size < 0 ? of : $"{size}"))}], not {wanted}";
            }
        }

        return null;
    }

    // One row of numbers a sequence: of several outputs one after the other.
    private float[][] RunPass(PaddedRows rows)
    {
        long[] shape = _head.InputRank == 2 ? [rows.Rows, rows.Length] : [rows.Rows, 1, rows.Length];
        var inputs = new Dictionary<string, OrtValue>();
        using var options = new RunOptions();
        try
        {
            foreach (string name in _session.InputNames) inputs.Add(name, OrtValue.CreateTensorValueFromMemory(Numbers(rows, name), shape));
            using IDisposableReadOnlyCollection<OrtValue> outputs = Run(inputs, options);
            var result = new float[rows.Rows][];
            int width = outputs.Sum(output => output.GetTensorDataAsSpan<float>().Length / rows.Rows), from = 0;
            for (int row = 0; row < rows.Rows; row++) result[row] = new float[width];
            foreach (OrtValue output in outputs)
            {
                ReadOnlySpan<float> values = output.GetTensorDataAsSpan<float>();
                int own = values.Length / rows.Rows;
                for (int row = 0; row < rows.Rows; row++) values.Slice(row * own, own).CopyTo(result[row].AsSpan(from));
                from += own;
            }

            return result;
        }
        finally
        {
            foreach (OrtValue input in inputs.Values) input.Dispose();
        }
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(Dictionary<string, OrtValue> inputs, RunOptions options)
    {
        using var _ = SubnormalsAsZero.Begin();
        return _session.Run(options, inputs, _head.Outputs);
    }

    private static long[] Numbers(PaddedRows rows, string input) => input switch
    {
        OnnxNames.Ids => rows.Ids,
        OnnxNames.Mask => rows.Mask ?? Ones(rows.Ids.Length),
        _ => rows.Types ?? new long[rows.Ids.Length],
    };

    private static long[] Ones(int count)
    {
        var ones = new long[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
