using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>
/// Short runs whose every loss and final weights are written down, so that code can be moved about without a change in what it computes. They
/// have dropout, accumulation, a change of phase and padded batches, on one thread. A wanted change is written down anew: copy
/// <c>golden-runs.received.json</c> from the tests' output over the fixture, and say in the commit why.
/// </summary>
public class GoldenRunTests
{
    private const int Steps = 20;
    private const string FixtureName = "golden-runs.json";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public static TheoryData<PretrainingObjective, bool, TrainingPrecision> Cases()
    {
        var cases = new TheoryData<PretrainingObjective, bool, TrainingPrecision>();
        foreach (PretrainingObjective objective in Enum.GetValues<PretrainingObjective>())
            foreach (bool fused in (bool[])[true, false])
                foreach (TrainingPrecision precision in (TrainingPrecision[])[TrainingPrecision.Float32, TrainingPrecision.BFloat16])
                    cases.Add(objective, fused, precision);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_seeded_run_computes_what_it_always_did(PretrainingObjective objective, bool fused, TrainingPrecision precision)
    {
        string name = $"{objective} {(fused ? "fused" : "composed")} {precision}";
        Golden actual = Run(objective, fused, precision);
        Dictionary<string, Dictionary<string, Golden>> known = Load();
        if (known.TryGetValue(name, out Dictionary<string, Golden>? byProcessor) && byProcessor.TryGetValue(Processor, out Golden? same))
        {
            if (!actual.Losses.SequenceEqual(same.Losses) || actual.Weights != same.Weights) Write(name, actual);
            Assert.Equal(same.Losses, actual.Losses);
            Assert.Equal(same.Weights, actual.Weights);
            return;
        }

        // Another family of processors: other sums in libtorch's products, so equal to rounding only, which grows from step to step.
        Write(name, actual);
        Golden other = Assert.IsType<Golden>(byProcessor?.Values.FirstOrDefault());
        double tolerance = precision == TrainingPrecision.Float32 ? 1e-6 : 1e-3;
        Assert.All(actual.Losses.Zip(other.Losses), pair => Assert.Equal(pair.Second, pair.First, tolerance * pair.Second));
    }

    /// <summary>What decides which kernels libtorch's products take, and how they cut matrices: the model of the processor and its limits.</summary>
    private static string Processor
    {
        get
        {
            string processor = RuntimeInformation.ProcessArchitecture.ToString();
            if (X86Base.IsSupported)
            {
                (_, int b, int c, int d) = X86Base.CpuId(0, 0);
                string vendor = Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>([b, d, c]));
                processor = $"{vendor} {X86Base.CpuId(1, 0).Eax:x8}, {Environment.ProcessorCount} cores";
            }

            string[] limits = ["ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR"];
            return string.Join(' ', [processor, .. limits.Select(Environment.GetEnvironmentVariable).Where(limit => limit is { Length: > 0 })]);
        }
    }

    private static Golden Run(PretrainingObjective objective, bool fused, TrainingPrecision precision)
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, Steps, microBatch: 4);
        options = options with
        {
            Model = options.Model with { GeneratorSize = 0.5 }, // wide enough for fused layers
            Data = options.Data with { JoinDocuments = false },
            Phases = [new() { Share = 0.6, SequenceLength = 24 }, new() { Share = 0.4, SequenceLength = 32, BatchSize = 4, MicroBatchSize = 2 }],
            Precision = precision,
            LogEvery = 1,
        };
        options = objective == PretrainingObjective.MaskedLM ? options.AsMaskedLM() : options with
        {
            Model = options.Model with { Objective = objective, Generator = objective == PretrainingObjective.Electric ? GeneratorKind.Unigram : GeneratorKind.Trained },
        };
        int threads = get_num_threads();
        set_num_threads(1);
        try
        {
            var recorder = new PretrainingRecorder();
            using var run = new PretrainingRun(folder, options, recorder);
            run.Model.UseFusedKernels = fused;
            run.Trainer.Train();
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var scope = NewDisposeScope();
            foreach ((_, Tensor parameter) in run.Model.NamedParameters()) hash.AppendData(parameter.detach().contiguous().bytes);
            return new Golden([.. recorder.Reports.Select(report => report.Loss)], Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static Dictionary<string, Dictionary<string, Golden>> Load() =>
        ReferenceData.FindFixture(FixtureName) is string path
            ? JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, Golden>>>(File.ReadAllText(path), Json)!
            : [];

    private static void Write(string name, Golden golden)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "golden-runs.received.json");
        Dictionary<string, Dictionary<string, Golden>> all = File.Exists(path)
            ? JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, Golden>>>(File.ReadAllText(path), Json)!
            : Load();
        if (!all.TryGetValue(name, out Dictionary<string, Golden>? byProcessor)) all.Add(name, byProcessor = []);
        byProcessor[Processor] = golden;
        File.WriteAllText(path, JsonSerializer.Serialize(all, Json));
    }

    private sealed record Golden(double[] Losses, string Weights);
}
