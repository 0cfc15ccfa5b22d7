using System.Globalization;
using System.Text.RegularExpressions;
using Electra.Checkpoints;
using Electra.Onnx;
using Electra.Samples.Pretrain.Options;
using static TorchSharp.torch;

namespace Electra.Samples.Convert.Options;

/// <summary>Checks what was typed.</summary>
internal static partial class PlanBuilder
{
    private static readonly string[] WeightFiles = [".bin", ".pt", ".pth", ".ckpt", ".safetensors"];

    /// <summary>Makes a plan of arguments.</summary>
    /// <exception cref="UsageException">They can't be followed.</exception>
    public static ConvertPlan Build(ConvertArguments arguments)
    {
        if (arguments.Input.Length == 0 || arguments.Output.Length == 0) throw new UsageException("Name what is read and the folder to write: Convert INPUT OUTPUT. See --help.");
        bool isOnnx = arguments.Format == "onnx";
        if (isOnnx && arguments.DType == "bfloat16") throw new UsageException("ONNX files are float32, float16 or int8, not bfloat16.");
        if (!isOnnx && arguments.DType == "int8") throw new UsageException("int8 is a form of ONNX files: --format onnx.");
        if (isOnnx && arguments.MaxShardSize is not null) throw new UsageException("An ONNX file is one file: leave --max-shard-size out.");
        bool isGoogle = IsGoogle(arguments.Input);
        if (!isGoogle && (arguments.AttentionHeads is not null || arguments.Task is not null || arguments.Labels is not null || arguments.Vocabulary is not null || arguments.Cased))
            throw new UsageException("--attention-heads, --task, --labels, --vocab and --cased go with Google's checkpoints; config.json and the tokenizer's files say these things here.");
        if (!isGoogle) RequireConfig(arguments.Input);
        if (isGoogle && arguments.Head == "multiple-choice")
            throw new UsageException("Google's code has no multiple choice: convert the encoder, then that folder with --head multiple-choice.");
        if (arguments.Head is "encoder" or "discriminator" or "generator" && (arguments.Task is not null || arguments.Labels is not null))
            throw new UsageException($"--task and --labels choose a fine-tuned head; --head {arguments.Head} has none.");
        StagedFolder.RequireFree(arguments.Output, arguments.Force);
        var save = new PretrainedSaveOptions { Format = arguments.Format == "pytorch" ? PretrainedFormat.PyTorch : PretrainedFormat.Safetensors };
        if (arguments.MaxShardSize is { } size) save = save with { MaxShardBytes = Bytes(size) };
        OnnxWeights? onnx = !isOnnx ? null : arguments.DType switch { "float16" => OnnxWeights.Float16, "int8" => OnnxWeights.Int8, _ => OnnxWeights.Float32 };
        ScalarType? type = arguments.DType switch { "float32" => ScalarType.Float32, "float16" => ScalarType.Float16, "bfloat16" => ScalarType.BFloat16, _ => null };
        return new ConvertPlan(arguments, isGoogle, onnx, save, type);
    }

    /// <summary>A number of bytes, as <c>500MB</c>, <c>2GiB</c> or <c>1000000</c>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static long Bytes(string typed)
    {
        Match match = Size().Match(typed);
        if (!match.Success || !double.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            throw new UsageException($"--max-shard-size takes a size such as 500MB or 2GiB, not '{typed}'.");
        double unit = Math.Pow(match.Groups[3].Length > 0 ? 1024 : 1000, "KMGT".IndexOf(match.Groups[2].Value.ToUpperInvariant(), StringComparison.Ordinal) + 1);
        if (match.Groups[2].Length == 0) unit = 1;
        return number * unit is >= 1 and < long.MaxValue ? (long)(number * unit) : throw new UsageException($"--max-shard-size '{typed}' is no size of a file.");
    }

    private static void RequireConfig(string input)
    {
        string folder = Directory.Exists(input) ? input : Path.GetDirectoryName(Path.GetFullPath(input))!;
        if (!File.Exists(Path.Combine(folder, "config.json")))
            throw new UsageException($"'{folder}' has no config.json, which says how large the model is: put the one of the program that wrote the weights there.");
    }

    private static bool IsGoogle(string input)
    {
        if (Directory.Exists(input))
        {
            bool hasWeights = Directory.EnumerateFiles(input).Any(path => Path.GetFileName(path) is "model.safetensors" or "pytorch_model.bin" or "model.safetensors.index.json" or "pytorch_model.bin.index.json");
            return !hasWeights && (File.Exists(Path.Combine(input, "checkpoint")) || Directory.EnumerateFiles(input, "*.index").Any());
        }

        if (File.Exists(input) && WeightFiles.Contains(Path.GetExtension(input))) return false;
        if (File.Exists(input) || File.Exists(input + ".index")) return true;
        throw new UsageException($"There is no '{input}': name a Hugging Face folder, a file of weights with its config.json beside it, or Google's checkpoint.");
    }

    [GeneratedRegex("^([0-9.]+) ?([KMGT]?)(i?)B?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Size();
}
