using System.Text.Json.Nodes;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Samples.FineTune.Options;
using Electra.Samples.Predict;
using Electra.Samples.Predict.Inputs;
using Electra.Samples.Predict.Models;
using Electra.Samples.Predict.Options;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.ZeroShot.Options;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using TorchSharp;

namespace Electra.Tests.Samples;

/// <summary>Prompts on the command line.</summary>
public sealed class ZeroShotTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_typed_becomes_a_prompt()
    {
        ZeroShotArguments? typed = null;
        string lines = folder.File("lines.txt");
        File.WriteAllText(lines, "the film\n");
        ZeroShotCommand.Create(arguments => { typed = arguments; return 0; })
            .Parse($"--template \"It was {{}}.\" --labels \"yes=good|fine, bad\" --scoring joint --text {lines} --top 2").Invoke();
        Assert.Equal((lines, null, 2), (typed!.Texts.Input, typed.Texts.Text, typed.Texts.Top));
        Prompt prompt = PromptBuilder.Build(typed, folder.File("nowhere"))!;
        Assert.Equal((PromptScoring.Joint, true), (prompt.Scoring, prompt.Calibrate));
        Assert.Equal(["yes", "bad"], prompt.Classes.Select(of => of.Label));
        Assert.Equal(["good", "fine"], prompt.Classes[0].Words);
        Assert.Equal(["bad"], prompt.Classes[1].Words);
    }

    [Theory]
    [InlineData("It was {}.", null, "--labels")]
    [InlineData(null, "a,b", "--template")]
    [InlineData("It was.", "a,b", "no gap")]
    [InlineData("{}", "a", "two classes")]
    [InlineData("{}", "a=,b", "needs a word")]
    public void Wrong_use_is_one_clear_line(string? template, string? labels, string expected) => Assert.Contains(
        expected, Assert.Throws<UsageException>(() => PromptText.Read(template, labels)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_few_labels_are_learned_by_a_prompt_and_the_folder_answers()
    {
        string encoder = TinyEncoder.Write(folder), train = folder.File("train.csv");
        File.WriteAllLines(train, TinyEncoder.Sentences(48).Examples.Select(example => $"{example.Text},{example.Labels[0]}").Prepend("text,label"));
        FineTuneArguments? typed = null;
        FineTuneCommand.Create(arguments => { typed = arguments; return 0; }).Parse(
            $"--model {encoder} --train {train} --dev {train} --text text --label label --template \"it was {{}}\" --labels yes=good,no=bad --output {folder.File("run")} --epochs 1").Invoke();
        FineTunePlan plan = PlanBuilder.Build(typed!);
        Assert.IsType<PromptTask>(plan.Task);
        using (var trainer = new FineTuningTrainer(plan.Model, plan.Task, plan.Options)) trainer.Train();
        ZeroShotArguments asked = new() { Scoring = "joint" };
        Assert.Contains("its own prompt", Assert.Throws<UsageException>(() => PromptBuilder.Build(asked, folder.File("run/model"))).Message, StringComparison.Ordinal);
        Assert.Null(PromptBuilder.Build(asked with { Scoring = null }, folder.File("run/model")));
        using LoadedModel model = LoadedModel.Load(folder.File("run/model"), new PredictArguments(), torch.CPU);
        using var output = new StringWriter();
        new PredictJob(model, output).Run([InputText.OfLine("the film was good .")], 1, CancellationToken.None);
        Assert.Contains(JsonNode.Parse(output.ToString())!["label"]!.GetValue<string>(), new[] { "yes", "no" });
        Assert.Contains("one class of several", Assert.Throws<UsageException>(() => PlanBuilder.Build(typed! with { Kind = "labels" })).Message, StringComparison.Ordinal);
    }
}
