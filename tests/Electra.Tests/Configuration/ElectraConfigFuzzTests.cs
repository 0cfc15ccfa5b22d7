using System.Text;
using Electra.Configuration;
using Electra.Tests.Fuzzing;
using Xunit.Abstractions;

namespace Electra.Tests.Configuration;

/// <summary>Whatever is in a config.json, it is a configuration that comes back from its own text, or a clean error.</summary>
[Trait("Category", "Fuzz")]
public sealed class ElectraConfigFuzzTests(ITestOutputHelper output)
{
    private static readonly Mutator Mutator = new(
        "{", "}", "[", "]", ":", ",", "\"", "null", "true", "false", "0", "-1", "1e999", "2147483648", "9223372036854775807", "0.5", "\\ud800", "\"num_labels\": 3,",
        "\"id2label\": {\"0\": \"a\"},", "\"pad_token_id\": null,", "\"pruned_heads\": {},", "\"hidden_act\": \"relu\",", "//");

    [Fact]
    public void Mutated_files_never_fail_with_anything_but_a_data_error()
    {
        byte[] whole = Encoding.UTF8.GetBytes((ElectraConfig.Small.WithLabels(3) with { Architectures = ["ElectraForSequenceClassification"], ProblemType = "regression" }).ToJson());
        FuzzRun.Over("config.json", output, random =>
        {
            ElectraConfig read = ElectraConfig.Parse(Encoding.UTF8.GetString(Mutator.Mutate(whole, random)), "x");
            string text = read.ToJson();
            Assert.Equal(text, ElectraConfig.Parse(text, "y").ToJson());
        });
    }
}
