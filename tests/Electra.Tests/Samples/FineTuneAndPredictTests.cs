using System.Globalization;
using System.Text.Json.Nodes;
using Electra.FineTuning;
using Electra.Samples.FineTune;
using Electra.Samples.FineTune.Options;
using Electra.Samples.FineTune.Tasks;
using Electra.Samples.Predict;
using Electra.Samples.Predict.Inputs;
using Electra.Samples.Predict.Models;
using Electra.Samples.Predict.Options;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using Spectre.Console;
using TorchSharp;

namespace Electra.Tests.Samples;

/// <summary>From labels in a table to a served prediction, as the two programs do it.</summary>
public sealed class FineTuneAndPredictTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--seedz 3", "--seedz")]
    [InlineData("--epochs x", "--epochs takes a number")]
    [InlineData("--padding none", "by-length, longest or max-length, not 'none'")]
    [InlineData("--kind text", "class, labels or number")]
    [InlineData("--tags bieo", "any, bio, iob1 or bioes")]
    [InlineData("--loss listwise", "binary, pairwise, cosent, cosine, infonce or simcse")]
    public void A_wrong_option_of_fine_tuning_is_one_clear_line(string line, string expected)
    {
        string? error = OptionKinds.FirstError(FineTuneCommand.Create(_ => 0).Parse(line));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--text x --label label", "there is no column 'x'; the columns are text, label")]
    [InlineData("--text Text --label label", "did you mean 'text'?")]
    [InlineData("--text text", "Name the column with the label: --label.")]
    [InlineData("--text text --label label --epochs -1", "Epochs")]
    [InlineData("--text text --label label --label-separator ab", "give one character")]
    [InlineData("--text text --label label --model nowhere", "'nowhere' is no folder with a config.json")]
    [InlineData("--task tags --text word --train x --dev x", "--text is 'word'; columns of tagged words have numbers")]
    [InlineData("--task tags --label #0 --train x --dev x", "--label is '#0'")]
    [InlineData("--task sst3 --data x", "--task takes one of CoLA, SST-2")]
    [InlineData("--task sst2", "--data")]
    [InlineData("--task wikiqa", "--task wikiqa needs --data")]
    [InlineData("--task wikiqa --data nowhere", "WikiQA-train.txt")]
    [InlineData("--task ranking --dev x", "--train")]
    [InlineData("--task sst2 --data x --train y", "leave out --train")]
    [InlineData("--task tags --train x --dev x --submit y", "--submit is for GLUE's tasks")]
    [InlineData("--text text --label label --seeds 0", "--seeds is 0")]
    [InlineData("--data glue --task mrpc", "MRPC")]
    public void Wrong_use_is_told_before_anything_is_written(string line, string expected)
    {
        (string encoder, string train, _) = Files();
        string files = line.Contains("--task", StringComparison.Ordinal) ? "" : $" --train {train} --dev {train}";
        string model = line.Contains("--model", StringComparison.Ordinal) ? "" : $" --model {encoder}";
        UsageException error = Assert.Throws<UsageException>(() => Plan($"{line}{files}{model} --output {folder.File("run")}"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_table_becomes_a_model_that_answers_in_json()
    {
        (string encoder, string train, string dev) = Files();
        FineTunePlan plan = Plan($"--train {train} --dev {dev} --text text --label label --model {encoder} --output {folder.File("run")} "
            + "--learning-rate 3e-3 --layer-decay 1 --batch-size 8 --epochs 8 --seeds 2 --random-runs 1");
        using var shown = new StringWriter();
        RunConsole console = PlainConsole.To(shown);
        Assert.True(new FineTuneJob(plan, torch.CPU, console).Run(CancellationToken.None));
        Assert.Contains("random weights", shown.ToString(), StringComparison.Ordinal);
        JsonNode results = JsonNode.Parse(File.ReadAllText(folder.File("run", "results.json")))!;
        Assert.Contains("accuracy", results.ToJsonString(), StringComparison.Ordinal);
        foreach (string name in new[] { "predictions.tsv", "metrics.jsonl", "run.png", "model/config.json" }) Assert.True(File.Exists(folder.File("run", $"seed-1/{name}")), name);
        string card = File.ReadAllText(folder.File("run", "seed-1/model/README.md"));
        Assert.Contains("pipeline_tag: text-classification", card, StringComparison.Ordinal);
        Assert.Contains("ElectraForSequenceClassification.FromPretrained(folder)", card, StringComparison.Ordinal);
        Assert.Contains("accuracy |", card, StringComparison.Ordinal);
        string[] predictions = File.ReadAllLines(folder.File("run", "seed-0/predictions.tsv"));
        Assert.Equal(33, predictions.Length);

        string[] lines = Answers(folder.File("run", "seed-0/model"), $"--input {dev} --text text --top 2");
        Assert.Equal(32, lines.Length);
        Assert.Equal(predictions.Skip(1).Select(line => line.Split('\t')[2]), lines.Select(line => (string)JsonNode.Parse(line)!["label"]!));
        Assert.Equal(1, JsonNode.Parse(lines[0])!["scores"]!.AsObject().Sum(score => (double)score.Value!), 3);

        string text = folder.Write("texts.txt", "the film was good .\n\nthe book is bad .\n");
        Assert.Equal(["yes", "no"], Answers(folder.File("run", "seed-0/model"), $"--input {text}").Select(line => (string)JsonNode.Parse(line)!["label"]!));
        Assert.Contains("\"label\":\"no\"", Answers(folder.File("run", "seed-0/model"), "\"the song is poor .\"").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", RankingLoss.Binary)]
    [InlineData(" --loss pairwise", RankingLoss.Pairwise)]
    public void Pairs_to_be_ranked_become_a_task(string more, RankingLoss loss)
    {
        (string encoder, _, _) = Files();
        foreach (string part in new[] { "train", "dev", "test" })
            folder.Write($"wikiqa/WikiQA-{part}.txt", "who was good ?\tthe film\t1\nwho was good ?\tthe book\t0\nwho was good ?\tthe song\t0\n");
        string line = $"--task wikiqa --data {folder.File("wikiqa")} --model {encoder} --output {folder.File("run")}{more}";
        FineTunePlan plan = Plan(line);
        RankingTask task = Assert.IsType<RankingTask>(plan.Task);
        Assert.Equal((loss, 2), (task.Loss, task.EvaluationLeftOut.Count));
        if (loss == RankingLoss.Pairwise) Assert.Contains("--balance-classes", Assert.Throws<UsageException>(() => Plan(line + " --balance-classes")).Message, StringComparison.Ordinal);
        else Assert.Equal(2, Plan(line + " --balance-classes").Options.ClassWeights![RankingTask.Relevant]);
        Assert.IsType<RankingTask>(Plan($"--task ranking --train {folder.File("wikiqa/WikiQA-train.txt")} --dev {folder.File("wikiqa/WikiQA-dev.txt")} --model {encoder}").Task);
    }

    [Fact]
    public void A_ranking_reads_the_columns_that_are_named()
    {
        (string encoder, _, _) = Files();
        string pairs = folder.Write("pairs.tsv", "Label\tQuestion\tSentence\n1\twho was good ?\tthe film\n0\twho was good ?\tthe book\n");
        RankingTask task = Assert.IsType<RankingTask>(Plan($"--task ranking --train {pairs} --dev {pairs} --text Question --pair Sentence --label Label --model {encoder}").Task);
        Assert.Equal((1, 1), (task.TrainingPassages.Relevant, task.TrainingPassages.Others));
    }

    [Theory]
    [InlineData(" --max-length 6")]
    [InlineData(" --max-length 9 --template \"{0} It was {}.\" --labels positive=good,negative=bad")]
    public void Test_examples_are_predicted_at_the_end_as_they_were_judged(string more)
    {
        (string encoder, _, _) = Files();
        IReadOnlyList<TextExample> sentences = TinyEncoder.Sentences(32).Examples;
        string Labelled(IEnumerable<TextExample> examples) => "sentence\tlabel\n" + string.Concat(examples.Select(example => $"{example.Text}\t{(example.Labels[0] == "yes" ? 1 : 0)}\n"));
        foreach (string part in new[] { "train", "dev" }) folder.Write($"glue/SST-2/{part}.tsv", Labelled(sentences));
        string line = $"--task sst2 --data {folder.File("glue")} --model {encoder} --output {folder.File("run")} --submit {folder.File("submit")} --epochs 1{more}";
        Assert.Contains("test.tsv", Assert.Throws<UsageException>(() => Plan(line)).Message, StringComparison.Ordinal); // before anything is learned
        folder.Write("glue/SST-2/test.tsv", "index\tsentence\n" + string.Concat(sentences.Select((example, i) => $"{i}\t{example.Text}\n")));
        Assert.True(new FineTuneJob(Plan(line), torch.CPU, PlainConsole.To(TextWriter.Null)).Run(CancellationToken.None));
        string[] judged = [.. File.ReadAllLines(folder.File("run", "seed-0/predictions.tsv")).Skip(1).Select(row => row.Split('\t')[2] == "positive" ? "1" : "0")];
        Assert.Equal(judged, File.ReadAllLines(folder.File("submit", "SST-2.tsv")).Skip(1).Select(row => row.Split('\t')[1]));
    }

    [Fact]
    public void A_folder_without_a_fine_tuned_head_and_contradictions_are_told()
    {
        (string encoder, string train, _) = Files();
        UsageException error = Assert.Throws<UsageException>(() => LoadedModel.Load(encoder, new PredictArguments(), torch.CPU));
        Assert.Contains("not fine-tuned yet", error.Message, StringComparison.Ordinal);
        UsageException Read(PredictArguments arguments) => Assert.Throws<UsageException>(() => InputReader.Open(arguments, false, TextReader.Null).ToList());
        Assert.Contains("not both", Read(new PredictArguments { Texts = ["a"], Input = "b" }).Message, StringComparison.Ordinal);
        Assert.Contains("--text", Read(new PredictArguments { Input = train }).Message, StringComparison.Ordinal);
        Assert.Contains("no file 'none.txt'", Read(new PredictArguments { Input = "none.txt" }).Message, StringComparison.Ordinal);
        Assert.Contains("no column 'x'", Read(new PredictArguments { Input = train, Text = "x" }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_the_console_are_parted_by_tabs()
    {
        InputText[] read = [.. InputReader.Open(new PredictArguments { Input = "-" }, false, new StringReader("one\ntwo\tits pair\n\n"))];
        Assert.Equal(["one", "two"], read.Select(text => text.Text));
        Assert.Equal("its pair", read[1].Pair);
    }

    /// <summary>The summaries of the SDK's documentation, of which the programs learn without any data of a user's.</summary>
    [Fact]
    public void The_platforms_summaries_are_classes_of_real_texts()
    {
        var task = PlatformSummaries.Task();
        Assert.True(task.Labels.Count > 5);
        Assert.True(task.TrainingExamples > 1000);
    }

    private string[] Answers(string model, string line)
    {
        PredictArguments? typed = null;
        PredictCommand.Create(arguments =>
        {
            typed = arguments;
            return 0;
        }).Parse(line).Invoke();
        using LoadedModel loaded = LoadedModel.Load(model, typed!, torch.CPU);
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        new PredictJob(loaded, output).Run(InputReader.Open(typed!, loaded.HasChoices, TextReader.Null), 16, CancellationToken.None);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static FineTunePlan Plan(string line)
    {
        FineTunePlan? plan = null;
        FineTuneCommand.Create(arguments =>
        {
            plan = PlanBuilder.Build(arguments);
            return 0;
        }).Parse(line).Invoke(new System.CommandLine.InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return plan!;
    }

    private (string Encoder, string Train, string Dev) Files()
    {
        string Table(string name, int count, int seed) => folder.Write(
            name, "text,label\n" + string.Concat(TinyEncoder.Sentences(count, seed).Examples.Select(example => $"\"{example.Text}\",{example.Labels[0]}\n")));
        return (TinyEncoder.Write(folder), Table("train.csv", 64, 0), Table("dev.csv", 32, 1));
    }
}
