using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Fine-tuned heads out of Google's checkpoints. What they say is held against the formulas of that code over its variables as they stand in the file.</summary>
public sealed class GoogleTaskTests : IDisposable
{
    private const int Width = 32, Hidden = 512;
    private const string Scope = "task_specific/";
    private readonly TemporaryFolder _folder = new();
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [SkippableTheory]
    [InlineData("mnli", 3, "contradiction", null)]
    [InlineData("rte", 2, "entailment", null)]
    [InlineData("cola", 2, "0", null)]
    [InlineData("sts", 1, "LABEL_0", "regression")]
    [InlineData("our_own", 5, "LABEL_0", null)]
    public void Texts_are_scored_by_the_linear_layer_over_the_first_token(string task, int labels, string first, string? problem)
    {
        using GoogleCheckpoint checkpoint = Write((task, [("dense", Width, labels)]));
        GoogleTask found = Assert.Single(checkpoint.Tasks);
        Assert.Equal((task, nameof(ElectraForSequenceClassification), labels), (found.Name, found.Class, found.LabelCount));
        Assert.Empty(checkpoint.UnknownVariables);
        using ElectraForSequenceClassification model = checkpoint.LoadSequenceClassifier();
        Assert.Equal((HeadStyle.Google, labels, first, problem), (model.Config.HeadStyle, model.Config.NumLabels, model.Config.Id2Label![0], model.Config.ProblemType));
        (Tensor ids, Tensor mask, Tensor types) = Batch();
        Tensor hidden = HiddenOf(checkpoint, ids, mask, types), expected = Linear(checkpoint, $"{task}/dense", hidden.select(1, 0));
        AssertClose(expected, model.forward(ids, mask, types));

        model.SavePretrained(_folder.File("saved"));
        using var again = ElectraForSequenceClassification.FromPretrained(_folder.File("saved"));
        AssertClose(expected, again.forward(ids, mask, types));
    }

    [SkippableTheory]
    [InlineData("chunk")]
    [InlineData("our_tags")]
    public void Tokens_are_scored_as_of_the_second_type(string task)
    {
        using GoogleCheckpoint checkpoint = Write((task, [("dense", Width, 4)]));
        string[] tags = ["B-NP", "E-NP", "O", "S-NP"];
        using ElectraForTokenClassification model = checkpoint.LoadTokenClassifier(task, tags);
        Assert.Equal(tags, model.Config.Id2Label!.OrderBy(label => label.Key).Select(label => label.Value));
        Assert.Equal(0, model.Config.ClassifierDropout);
        (Tensor ids, Tensor mask, _) = Batch();
        Tensor expected = Linear(checkpoint, $"{task}/dense", HiddenOf(checkpoint, ids, mask, mask)); // as in tagging_tasks.py: 1 wherever there is a word
        AssertClose(expected * mask.unsqueeze(-1), model.forward(ids, mask) * mask.unsqueeze(-1));
        Assert.Contains("4 label(s), and 1", Assert.Throws<ArgumentException>(() => checkpoint.LoadTokenClassifier(task, ["O"])).Message, StringComparison.Ordinal);
        if (task == "chunk") Assert.Contains("not of ElectraForSequenceClassification", Assert.Throws<InvalidDataException>(() => checkpoint.LoadSequenceClassifier(task)).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Answers_of_the_joint_head(bool hasClassifier)
    {
        (string, long, long)[] joint = [("dense", Width, 1), ("qa_hidden", 2 * Width, Hidden), ("dense_1", Hidden, 1)];
        using GoogleCheckpoint checkpoint = Write(("squad", hasClassifier ? [.. joint, ("dense_2", 2 * Width, Hidden), ("dense_3", Hidden, 1)] : joint));
        using ElectraForQuestionAnswering model = checkpoint.LoadQuestionAnswerer("squad");
        Assert.Equal(HeadStyle.Google, model.Config.HeadStyle);
        Assert.Empty(checkpoint.UnknownVariables);
        (Tensor ids, Tensor mask, Tensor types) = Batch();
        Tensor hidden = HiddenOf(checkpoint, ids, mask, types);
        long rows = hidden.shape[0], length = hidden.shape[1];
        Tensor allowed = (mask * types).to(ScalarType.Float64);
        allowed.select(1, 0).fill_(1);
        Tensor starts = Linear(checkpoint, "squad/dense", hidden).squeeze(-1) + (1000 * (allowed - 1));
        (Tensor scores, Tensor best) = nn.functional.log_softmax(starts, -1).topk(3, -1);
        var ends = zeros(rows, 3, length, ScalarType.Float64);
        for (int row = 0; row < rows; row++)
        {
            for (int beam = 0; beam < 3; beam++)
            {
                Tensor both = cat([hidden[row, best[row, beam].item<long>()].unsqueeze(0).expand(length, -1), hidden[row]], -1); // (seq, 2 hidden)
                Tensor logits = Linear(checkpoint, "squad/dense_1", Gelu(Linear(checkpoint, "squad/qa_hidden", both))).squeeze(-1) + (1000 * (allowed[row] - 1));
                ends[row, beam] = nn.functional.log_softmax(logits, -1);
            }
        }

        Tensor mean = (nn.functional.softmax(starts, -1).unsqueeze(-1) * hidden).sum(1);
        Tensor none = hasClassifier
            ? Linear(checkpoint, "squad/dense_3", Gelu(Linear(checkpoint, "squad/dense_2", cat([hidden.select(1, 0), mean], -1)))).squeeze(-1)
            : zeros(rows, ScalarType.Float64);
        SpanBeam found = model.Beam(ids, mask, types, 3);
        Assert.Equal(best.data<long>().ToArray(), found.Starts.data<long>().ToArray());
        AssertClose(scores, found.StartScores);
        AssertClose(ends, found.EndScores);
        AssertClose(none, found.NoAnswer);
    }

    [SkippableFact]
    public void Answers_of_independent_starts_and_ends()
    {
        using GoogleCheckpoint checkpoint = Write(("squadv1", [("dense", Width, 1), ("dense_1", Width, 1), ("dense_2", 2 * Width, Hidden), ("dense_3", Hidden, 1)]));
        using ElectraForQuestionAnswering model = checkpoint.LoadQuestionAnswerer();
        Assert.Equal(HeadStyle.HuggingFace, model.Config.HeadStyle);
        Assert.Equal(["dense_2/bias", "dense_2/kernel", "dense_3/bias", "dense_3/kernel"], checkpoint.UnknownVariables.Select(name => name[$"{Scope}squadv1/".Length..]));
        (Tensor ids, Tensor mask, Tensor types) = Batch();
        Tensor hidden = HiddenOf(checkpoint, ids, mask, types);
        (Tensor starts, Tensor ends) = model.forward(ids, mask, types);
        AssertClose(Linear(checkpoint, "squadv1/dense", hidden).squeeze(-1), starts);
        AssertClose(Linear(checkpoint, "squadv1/dense_1", hidden).squeeze(-1), ends);
        AssertClose(HiddenOf(checkpoint, ids, mask, types), model.Electra.forward(ids, mask, types));
    }

    [SkippableFact]
    public void One_of_several_tasks_is_asked_for_by_name_and_other_heads_are_named()
    {
        using GoogleCheckpoint checkpoint = Write(
            ("sst", [("dense", Width, 2)]), ("squad", [("dense", Width, 1), ("qa_hidden", 2 * Width, Hidden), ("dense_1", Hidden, 1), ("dense_2", Width, 1)]), ("odd", [("pooler", Width, Width)]));
        Assert.Equal([("odd", null), ("squad", null), ("sst", nameof(ElectraForSequenceClassification))], checkpoint.Tasks.Select(task => (task.Name, task.Class)));
        Assert.Equal(10, checkpoint.UnknownVariables.Count);
        using (checkpoint.LoadSequenceClassifier("sst")) Refused<ArgumentException>("not fine-tuned for one task: it has 'odd', 'squad', 'sst'", () => checkpoint.LoadSequenceClassifier());
        Refused<ArgumentException>("not fine-tuned for 'mnli'", () => checkpoint.LoadSequenceClassifier("mnli"));
        Refused<InvalidDataException>("none that Google's code makes: dense/bias float32 [1], dense/kernel float32 [32, 1], dense_1/bias", () => checkpoint.LoadQuestionAnswerer("squad"));
        Refused<InvalidDataException>("pooler/kernel float32 [32, 32]", () => checkpoint.LoadSequenceClassifier("odd"));
        Refused<InvalidDataException>("not of ElectraForTokenClassification", () => checkpoint.LoadTokenClassifier("sst"));

        using GoogleCheckpoint none = GoogleTiny.Open();
        Assert.Empty(none.Tasks);
        Refused<ArgumentException>("there is no 'task_specific/...' in it", () => none.LoadSequenceClassifier());

        static void Refused<TError>(string why, Func<IDisposable> load)
            where TError : Exception => Assert.Contains(why, Assert.Throws<TError>(load).Message, StringComparison.Ordinal);
    }

    // The encoder of the small checkpoint with heads of numbers that tell rows and columns apart, and a moment, as training leaves them.
    private GoogleCheckpoint Write(params (string Task, (string Name, long From, long To)[] Layers)[] tasks)
    {
        TensorBundleFile file = GoogleTiny.Copy(name => name.StartsWith("electra/", StringComparison.Ordinal));
        foreach ((string task, (string Name, long From, long To)[] layers) in tasks)
        {
            foreach ((string name, long from, long to) in layers)
            {
                file.Add($"{Scope}{task}/{name}/kernel", from, to);
                file.Add($"{Scope}{task}/{name}/bias", to);
            }
        }

        if (tasks.Length == 1) file.Add($"{Scope}{tasks[0].Task}/dense/bias/adam_m", tasks[0].Layers[0].To);
        return GoogleTiny.Open(file.Write(_folder.File("model.ckpt-9")));
    }

    private static (Tensor Ids, Tensor Mask, Tensor Types) Batch()
    {
        var ids = arange(5, 5 + (2 * 12)).view(2, 12) * 7;
        Tensor mask = ones(2, 12, ScalarType.Int64), types = zeros(2, 12, ScalarType.Int64);
        mask[1].narrow(0, 9, 3).fill_(0);
        types.narrow(1, 4, 8).fill_(1);
        types[1].narrow(0, 9, 3).fill_(0);
        return (ids, mask, types);
    }

    private static Tensor HiddenOf(GoogleCheckpoint checkpoint, Tensor ids, Tensor mask, Tensor types)
    {
        using ElectraModel encoder = checkpoint.LoadEncoder();
        return encoder.forward(ids, mask, types).detach().to(ScalarType.Float64);
    }

    // [in, out], as Google's code multiplies.
    private static Tensor Linear(GoogleCheckpoint checkpoint, string layer, Tensor input)
    {
        using TensorBundleReader reader = TensorBundleReader.Open(checkpoint.Prefix);
        return input.matmul(reader.ReadTensor($"{Scope}{layer}/kernel").to(ScalarType.Float64)) + reader.ReadTensor($"{Scope}{layer}/bias").to(ScalarType.Float64);
    }

    private static Tensor Gelu(Tensor input) => input * 0.5 * (1 + (input / Math.Sqrt(2)).erf());

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.shape, actual.shape);
        double off = (expected - actual.detach().to(ScalarType.Float64)).abs().max().item<double>();
        Assert.True(off <= tolerance * Math.Max(1, expected.abs().max().item<double>()), $"off by {off:G3}");
    }
}
