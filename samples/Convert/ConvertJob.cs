using System.Globalization;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Onnx;
using Electra.Samples.Convert.Networks;
using Electra.Samples.Convert.Options;
using Electra.Samples.Convert.Reporting;
using static TorchSharp.torch;

namespace Electra.Samples.Convert;

/// <summary>Reads, writes beside the output, looks at what was written, and puts it in its place.</summary>
internal sealed class ConvertJob(ConvertPlan plan, TextWriter output)
{
    /// <summary>Beside weights and tokenizer: what this library reads of a folder.</summary>
    public static readonly string[] Kept =
        ["prompt.json", "embedding.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "1_Pooling/config.json"];

    private static readonly string[][] VectorFiles = [["embedding.json"], ["modules.json", "1_Pooling/config.json"]];

    private readonly Summary _summary = new(output);

    private ConvertArguments Typed => plan.Arguments;

    /// <summary>Does it.</summary>
    /// <param name="stop">Stops between two models.</param>
    public void Run(CancellationToken stop)
    {
        using var staged = new StagedFolder(Typed.Output);
        if (plan.IsGoogle)
        {
            using var google = new GoogleNetworks(Typed);
            _summary.TellRead(google);
            foreach (Network network in google.Load()) Write(network, staged.FullPath, stop);
        }
        else
        {
            Write(Network.Load(Typed.Input, Typed.Head is { } head ? HeadNames.ClassOf(head) : null, Typed.IgnoreMismatches), staged.FullPath, stop);
        }

        stop.ThrowIfCancellationRequested();
        staged.Commit();
        _summary.TellPlace(Typed.Output);
    }

    private void Write(Network network, string root, CancellationToken stop)
    {
        using (network)
        {
            stop.ThrowIfCancellationRequested();
            _summary.TellMapped(network, Typed.Input);
            RequireComplete(network);
            string folder = Path.Combine(root, network.Name);
            string check = plan.Onnx is { } weights ? WriteOnnx() : WritePretrained();
            Keep(folder);
            _summary.TellWritten(folder, network.Name, check);

            string WriteOnnx()
            {
                try
                {
                    if (IsEmbedder) return WriteVectors(folder, weights);
                    network.SaveOnnx(folder, weights);
                }
                catch (NotSupportedException exception)
                {
                    throw new InvalidDataException(exception.Message, exception); // it is the input that has no such form
                }

                return Comparison.OfOutputs(network, ElectraConfig.Load(Path.Combine(folder, "config.json")).VocabSize, Path.Combine(folder, "model.onnx"));
            }

            string WritePretrained()
            {
                ScalarType type = plan.DType ?? StoredTypes.Of(network.Report);
                network.Save(folder, plan.Save with { DType = type, Card = Typed.NoCard ? null : Card(network, type) });
                using Network written = network.Reload(folder);
                return Comparison.OfWeights(network, written, type);
            }
        }
    }

    // It says which vectors are made of its encoder.
    private bool IsEmbedder => !plan.IsGoogle && Typed.Head is null && VectorFiles.Any(files => files.All(name => File.Exists(Path.Combine(Typed.Input, name))));

    private string WriteVectors(string folder, OnnxWeights weights)
    {
        using TextEmbedder embedder = TextEmbedder.FromPretrained(Typed.Input);
        embedder.SaveOnnx(folder, new OnnxExportOptions { Weights = weights });
        using TextEmbedder written = TextEmbedder.FromOnnx(folder);
        string[] texts = ["a text", "another one, which is longer"];
        double off = embedder.Embed(texts).SelectMany(vector => vector).Zip(written.Embed(texts).SelectMany(vector => vector), (one, other) => Math.Abs((double)one - other)).Max();
        return double.IsFinite(off)
            ? string.Create(CultureInfo.InvariantCulture, $"a vector of {embedder.Dimensions} numbers a text; those of two texts are off by {off:0.#e-0} at most")
            : throw new InvalidDataException("Its vectors are not finite.");
    }

    private void RequireComplete(Network network)
    {
        if (network.Report is not { MissingKeys: [string first, ..] missing } || Typed.IgnoreMismatches) return;
        throw new InvalidDataException(
            $"'{Typed.Input}' lacks {missing.Count} weight(s) of {network.Class}, for example '{first}': give the --head that it has, or let them start fresh with --ignore-mismatches.");
    }

    private ModelCard Card(Network network, ScalarType type) => new()
    {
        Title = string.Join(' ', new[] { Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Typed.Output))), network.Name }.Where(part => part.Length > 0)),
        Description = $"Weights of {Path.GetFileName(Path.TrimEndingDirectorySeparator(Typed.Input))}, "
            + (plan.IsGoogle ? "a TensorFlow checkpoint of Google's ELECTRA code" : $"read from {Summary.Listed(network.Report!.Files)}") + $", written as {StoredTypes.NameOf(type)}.",
    };

    private void Keep(string folder)
    {
        if (plan.IsGoogle || !Directory.Exists(Typed.Input)) return;
        foreach (string name in Typed.NoCard ? Kept : [.. Kept, "README.md"])
        {
            string from = Path.Combine(Typed.Input, name), to = Path.Combine(folder, name);
            if (!File.Exists(from)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to, overwrite: true);
        }
    }
}
