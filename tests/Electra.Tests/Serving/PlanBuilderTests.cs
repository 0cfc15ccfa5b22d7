using Electra.Modeling;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Serve.Models;
using Electra.Samples.Serve.Options;
using Electra.Tests.FineTuning;
using Electra.Tests.Onnx;
using Electra.Tests.Support;

namespace Electra.Tests.Serving;

/// <summary>What is typed, and what folders hold, becomes a plan, or one clear line.</summary>
public sealed class PlanBuilderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_a_model_does_is_known_from_its_folder()
    {
        string classes = TinyHead.Write<ElectraForSequenceClassification>(_folder, config => config.WithLabels(2)), encoder = TinyEncoder.Write(_folder);
        string ranker = TinyHead.Write<ElectraForSequenceClassification>(_folder, config => config.WithLabels(1));
        string numbers = TinyHead.Write<ElectraForSequenceClassification>(_folder, config => config.WithLabels(1) with { ProblemType = "regression" });
        ServePlan plan = Build($"{classes} again=rerank:{classes} r={ranker} t={TinyHead.Write<ElectraForTokenClassification>(_folder, config => config.WithLabels(3))} "
            + $"a={TinyHead.Write<ElectraForQuestionAnswering>(_folder, config => config)} {encoder} --window 0 --batch-tokens 100 --max-queue 7");
        Assert.Equal(
            [(Path.GetFileName(classes), ModelKind.Classify, true), ("again", ModelKind.Rerank, true), ("r", ModelKind.Rerank, true), ("t", ModelKind.Tag, true),
            ("a", ModelKind.Answer, true), ("encoder", ModelKind.Embed, false)],
            plan.Models.Select(model => (model.Name, model.Kind, model.IsOnnx)));
        Assert.Equal((TimeSpan.Zero, 100, 7), (plan.Batches.Window, plan.Batches.MaxTokens, plan.Batches.MaxWaiting));
        Assert.False(Build($"{classes} --runtime libtorch").Models[0].IsOnnx);
        AssertRefused(numbers, "predicts numbers");
        AssertRefused($"{encoder} --runtime onnx", "no model.onnx");
        AssertRefused($"{classes} {classes}", "Two models are called");
        AssertRefused(TinyHead.Write<ElectraForMultipleChoice>(_folder, config => config), "ElectraForMultipleChoice");
    }

    [Theory]
    [InlineData("", "Name the folder")]
    [InlineData("nowhere", "'nowhere' is no folder of a model")]
    [InlineData("classify:nowhere", "'nowhere' is no folder of a model")]
    [InlineData("a --listen localhost:80", "--listen")]
    [InlineData("a --listen http://localhost:0", "http://127.0.0.1:0")]
    [InlineData("a --listen http://127.0.0.1:80/api", "no path")]
    [InlineData("runs/lr=3e-5/nowhere", "'runs/lr=3e-5/nowhere' is no folder")]
    [InlineData("a --window -1", "--window")]
    [InlineData("a --batch-tokens 0", "--batch-tokens")]
    [InlineData("a --max-length 3", "--max-length")]
    public void Wrong_use_is_one_clear_line(string typed, string named) => AssertRefused(typed, named);

    private static void AssertRefused(string typed, string named) =>
        Assert.Contains(named, Assert.Throws<UsageException>(() => Build(typed)).Message, StringComparison.Ordinal);

    private static ServePlan Build(string typed)
    {
        ServeArguments? arguments = null;
        ServeCommand.Create(read => { arguments = read; return 0; }).Parse(typed).Invoke();
        return PlanBuilder.Build(arguments!);
    }
}
