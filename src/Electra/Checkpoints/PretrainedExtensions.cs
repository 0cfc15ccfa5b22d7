using Electra.Configuration;
using Electra.Files;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>Hugging Face folders in and out, for the encoder and every model with a head.</summary>
public static class PretrainedExtensions
{
    private const string ConfigFileName = "config.json";

#pragma warning disable CA1000 // an extension block is no generic type: the call reads ElectraForPreTraining.FromPretrained(...)
    extension<TModel>(TModel)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        /// <summary>
        /// Loads a folder with <c>config.json</c> and <c>model.safetensors</c> or, where that is absent, <c>pytorch_model.bin</c> (either in parts
        /// with their index too). float64, float16 and bfloat16 weights become float32, whatever <c>torch.compile</c>, DataParallel or
        /// Lightning put before names is taken off, and nothing of a file is executed (<see cref="PyTorchReader"/>). A folder saved from another head gives its encoder, and the head starts fresh. As in Hugging Face the
        /// model comes in evaluation mode, without dropout: call <c>train()</c> before training it.
        /// </summary>
        /// <param name="folder">The folder; or a file of weights (PyTorch's, unless it is named <c>.safetensors</c>) with its <c>config.json</c> beside it.</param>
        /// <param name="device">Where parameters shall live; null for the CPU.</param>
        /// <param name="config">In place of the folder's config.json, for example that with other labels; null to read it.</param>
        /// <param name="seed">Of weights that the folder does not have, and of the dropout stream.</param>
        /// <exception cref="IOException">The folder or a file is missing.</exception>
        /// <exception cref="InvalidDataException">
        /// A file is malformed, an encoder weight is missing, or shapes differ; a table names each with what was expected.
        /// </exception>
        public static TModel FromPretrained(string folder, Device? device = null, ElectraConfig? config = null, long seed = 0) =>
            Load<TModel>(folder, out _, device, config, seed);

        /// <summary>As the overload without <paramref name="report"/>; tells which keys did not match.</summary>
        /// <param name="folder">The folder; or a file of weights (PyTorch's, unless it is named <c>.safetensors</c>) with its <c>config.json</c> beside it.</param>
        /// <param name="report">Keys that the folder lacks, and keys that the model has no use for.</param>
        /// <param name="device">Where parameters shall live; null for the CPU.</param>
        /// <param name="config">In place of the folder's config.json; null to read it.</param>
        /// <param name="seed">Of weights that the folder does not have, and of the dropout stream.</param>
        /// <param name="ignoreMismatches">Loads what fits; what is missing or of another shape stays fresh and is in the report. <value>Default: false, an error</value></param>
        public static TModel FromPretrained(
            string folder, out PretrainedLoadReport report, Device? device = null, ElectraConfig? config = null, long seed = 0,
            bool ignoreMismatches = false) =>
            Load<TModel>(folder, out report, device, config, seed, ignoreMismatches);
    }
#pragma warning restore CA1000

    /// <summary>
    /// Writes a folder that <c>from_pretrained</c> of Hugging Face loads: <c>config.json</c>, <c>model.safetensors</c> (float32, tied
    /// weights once) and, with a tokenizer, its files. Existing files are replaced, each in one step.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Made when absent.</param>
    /// <param name="tokenizer">Whose files to write too; null for none.</param>
    /// <exception cref="ArgumentException">The tokenizer has more tokens than the model, or another padding token; nothing is written.</exception>
    public static void SavePretrained<TModel>(this TModel model, string folder, ElectraTokenizer? tokenizer = null)
        where TModel : nn.Module, IElectraModule<TModel> => model.SavePretrained(folder, tokenizer, new PretrainedSaveOptions());

    /// <summary>As the overload without <paramref name="options"/>; these say which files, of which type, and whether with a model card.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Made when absent. Weights of another form that it holds are taken away once the new ones are there.</param>
    /// <param name="tokenizer">Whose files to write too; null for none.</param>
    /// <param name="options">Format, type, size of files, card.</param>
    /// <exception cref="ArgumentException">Options that can't be, or the tokenizer doesn't fit the model; nothing is written.</exception>
    public static void SavePretrained<TModel>(this TModel model, string folder, ElectraTokenizer? tokenizer, PretrainedSaveOptions options)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        options.Validate();
        if (tokenizer is not null) model.Config.RequireVocabulary(tokenizer.VocabSize, tokenizer.SpecialTokens.PadId);
        Directory.CreateDirectory(folder);
        string dtype = options.DType switch { ScalarType.Float16 => "float16", ScalarType.BFloat16 => "bfloat16", _ => "float32" };
        ElectraConfig config = model.Config with { Architectures = [typeof(TModel).Name], Dtype = dtype, TorchDtype = dtype };
        string text = config.ToJson();
        RetireConfig(folder, text);
        PretrainedWriter.Write(folder, [.. ParameterListing.Distinct((string.Empty, model)).Select(item => (item.Name, (Tensor)item.Parameter))], options);
        WriteText(folder, ConfigFileName, text);
        tokenizer?.SavePretrained(folder, model.Config.MaxPositionEmbeddings);
        if (options.Card is not null) WriteText(folder, ModelCard.FileName, options.Card.Text(config, tokenizer is not null));
    }

    // Weights beside the config of others would load, and be wrong: a folder that is left in between has none.
    private static void RetireConfig(string folder, string next)
    {
        string path = Path.Combine(folder, ConfigFileName);
        if (!File.Exists(path) || File.ReadAllText(path) == next) return;
        File.Delete(path);
        FileSync.FlushFolder(folder);
    }

    private static void WriteText(string folder, string name, string text) =>
        FileSync.ReplaceFile(Path.Combine(folder, name), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    internal static TModel Load<TModel>(
        string folder, out PretrainedLoadReport report, Device? device, ElectraConfig? config, long seed, bool ignoreMismatches = false)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        config ??= ElectraConfig.Load(Path.Combine(PretrainedWeights.FolderOf(folder), ConfigFileName));
        using PretrainedWeights weights = PretrainedWeights.Open(folder);
        if (config.NumHiddenLayers > weights.Names.Count)
            throw new InvalidDataException($"'{folder}': config.json asks for {config.NumHiddenLayers:N0} layers, but there are {weights.Names.Count:N0} tensors of weights.");
        TModel model = Initializer.WithoutValues(() => TModel.Create(config, device, seed));
        try
        {
            report = PretrainedLoader.Load(model, weights, folder, ignoreMismatches);
            if (report.MissingKeys.Count + report.MismatchedKeys.Count > 0) // those need fresh values, drawn in the order in which all are made
            {
                model.Dispose();
                model = TModel.Create(config, device, seed);
                report = PretrainedLoader.Load(model, weights, folder, ignoreMismatches);
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
}
