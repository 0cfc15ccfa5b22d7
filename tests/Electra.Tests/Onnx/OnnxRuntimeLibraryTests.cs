using Electra.Inference;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Tests.Support;

namespace Electra.Tests.Onnx;

/// <summary>What ONNX Runtime does of itself in a process that asks a model.</summary>
public sealed class OnnxRuntimeLibraryTests : IDisposable
{
    // Variables that put ONNX Runtime's files elsewhere, or keep it quiet anyway: the child has none of them.
    private static readonly string[] Silencers =
    [
        "XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY", "CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "JENKINS_URL", "CODEBUILD_BUILD_ID",
        "BUILDKITE", "TEAMCITY_VERSION", "APPVEYOR",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Its telemetry would leave an identifier of the device, and what is still to be sent, in the user's cache.</summary>
    [SkippableFact]
    public void Nothing_is_gathered_of_who_asks()
    {
        Skip.If(OperatingSystem.IsWindows(), "the system gathers there, not the library");
        string model = TinyHead.Write<ElectraForSequenceClassification>(_folder, config => config.WithLabels(2));
        string home = Directory.CreateDirectory(_folder.File("home")).FullName;
        string[] lines = ChildProgram.Run(Ask, model, [ChildProgram.Bare, ("HOME", home), .. Silencers.Select(name => (name, ""))]);
        Assert.Equal("asked", Assert.Single(lines));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(home, "*", SearchOption.AllDirectories), path => path.Contains("onnxruntime", StringComparison.Ordinal));
    }

    private static void Ask(string folder)
    {
        using var classifier = TextClassifier.FromOnnx(folder);
        classifier.Predict(["so"]);
        Console.WriteLine("asked");
    }
}
