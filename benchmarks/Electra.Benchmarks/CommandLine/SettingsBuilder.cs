using System.Globalization;
using Electra.Configuration;
using Electra.Native;
using Electra.Pretraining;
using Electra.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.CommandLine;

/// <summary>Fills in defaults and refuses what cannot work.</summary>
internal static class SettingsBuilder
{
    private const string DefaultModel = "small";
    private const int DefaultBatchSize = 32;
    private const int DefaultSequenceLength = 128;

    /// <summary>Checks the arguments.</summary>
    /// <exception cref="UsageException">One of them cannot work.</exception>
    public static BenchmarkSettings Build(BenchmarkArguments arguments)
    {
        string model = arguments.Model ?? DefaultModel;
        (ElectraConfig config, PretrainingOptions recipe) = FindModel(model);
        Device device = FindDevice(arguments.Device ?? "cpu");
        bool onGpu = device.type == DeviceType.CUDA;
        int batch = arguments.BatchSize ?? DefaultBatchSize, length = arguments.SequenceLength ?? DefaultSequenceLength;
        Check(arguments, config, batch, length);
        TrainingPrecision precision = arguments.Precision switch
        {
            "fp32" => TrainingPrecision.Float32,
            "bf16" => TrainingPrecision.BFloat16,
            _ => TrainingPrecision.Auto,
        };
        if (precision == TrainingPrecision.BFloat16) RequireBFloat16("--precision bf16", device, "measure with --precision fp32");
        return new BenchmarkSettings
        {
            Model = model,
            Config = config,
            Options = recipe with
            {
                Precision = precision,
                Data = recipe.Data with
                {
                    BatchSize = batch,
                    MicroBatchSize = arguments.MicroBatchSize,
                    SequenceLength = length,
                    HeldOutFraction = 0,
                },
            },
            Dtype = ComputeType.Resolve(precision, device),
            Device = device,
            Steps = arguments.Steps ?? (onGpu ? 100 : 20),
            Warmup = arguments.Warmup ?? (onGpu ? 10 : 3),
            Threads = arguments.Threads ?? Environment.ProcessorCount,
            Fused = arguments.Fused != "off",
            Recompute = arguments.Recompute,
            Corpus = arguments.Corpus,
            Vocabulary = arguments.Vocabulary,
        };
    }

    /// <summary>The config and the recipe of a name, or of a config.json.</summary>
    /// <param name="model">The name or the path.</param>
    /// <param name="what">What named it, for messages.</param>
    /// <exception cref="UsageException">It is neither.</exception>
    internal static (ElectraConfig Config, PretrainingOptions Recipe) FindModel(string model, string what = "--model")
    {
        if (PretrainingOptions.RecipeNames.Contains(model)) return (ElectraConfig.Preset(model), PretrainingOptions.Recipe(model));
        if (!File.Exists(model))
        {
            string names = string.Join(", ", PretrainingOptions.RecipeNames);
            throw new UsageException($"{what} '{model}' is neither {names} nor a file; name one of them or a config.json.");
        }

        try
        {
            return (ElectraConfig.Load(model).Validate(), new PretrainingOptions());
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            throw new UsageException($"{what} '{model}' can't be used: {error.Message}");
        }
    }

    /// <summary>Refuses what would take minutes for a matrix product.</summary>
    /// <exception cref="UsageException">The processor has no product of bfloat16.</exception>
    internal static void RequireBFloat16(string what, Device device, string instead)
    {
        if (!NativeBackend.HasBFloat16Products(device))
            throw new UsageException($"{what}: this processor has no bfloat16 product (AVX512_BF16); {instead}.");
    }

    /// <summary>The device of a name.</summary>
    /// <exception cref="UsageException">The name is none, or the machine lacks the device.</exception>
    internal static Device FindDevice(string name)
    {
        if (name == "cpu") return CPU;
        int index = 0;
        bool isKnown = name == "cuda"
            || (name.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(name.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out index));
        if (!isKnown) throw new UsageException($"--device takes cpu, cuda or cuda:<number>, not '{name}'.");
        if (!NativeBackend.IsCudaAvailable(out string reason)) throw new UsageException($"--device {name}: {reason}");
        int count = cuda.device_count();
        return index < count
            ? device(DeviceType.CUDA, index)
            : throw new UsageException($"--device {name}: this machine has {count} GPU(s).");
    }

    private static void Check(BenchmarkArguments arguments, ElectraConfig config, int batch, int length)
    {
        if (length > config.MaxPositionEmbeddings)
            throw new UsageException($"--sequence-length {length} is over the model's {config.MaxPositionEmbeddings} positions.");
        if (arguments.MicroBatchSize is int micro && batch % micro != 0)
            throw new UsageException($"--micro-batch-size {micro} does not divide --batch-size {batch}.");
        if (arguments.Vocabulary is string vocabulary && !File.Exists(vocabulary))
            throw new UsageException($"--vocab '{vocabulary}' does not exist.");
    }
}
