using System.Text.Json.Nodes;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Electra.CudaCheck.Parts;

/// <summary>The tests in this assembly, run by xunit in this process.</summary>
internal static class TestPart
{
    /// <summary>Passes when none fails and, on a GPU, some ran.</summary>
    public static JsonObject Run(string device)
    {
        using var results = new TestResults();
        using var framework = new XunitTestFramework(results);
        using ITestFrameworkExecutor executor = framework.GetExecutor(typeof(TestPart).Assembly.GetName());
        executor.RunAll(results, new TestOptions(), new TestOptions());
        results.Wait();
        return new JsonObject
        {
            ["passed_tests"] = results.Passed,
            ["failed"] = results.Failures,
            ["skipped"] = results.Skips,
            ["passed"] = results.Failures.Count == 0 && results.Passed > 0,
            ["device"] = device,
        };
    }
}
