using Electra.Configuration;
using Electra.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class HeadTests
{
    private static readonly ElectraConfig Config = TinyConfig.Value;

    [Theory]
    [InlineData(null, 1, false, "regression")]
    [InlineData(null, 3, true, "single")]
    [InlineData(null, 3, false, "multi")]
    [InlineData("regression", 3, false, "regression")]
    [InlineData("single_label_classification", 3, true, "single")]
    [InlineData("multi_label_classification", 3, false, "multi")]
    public void A_sequence_classifier_takes_the_loss_of_its_problem(string? problem, int labelCount, bool classes, string expected)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraForSequenceClassification(Config.WithLabels(labelCount) with { ProblemType = problem }, seed: 1);
        Tensor logits = model.forward(TinyConfig.Ids(2, 6));
        Tensor labels = classes ? tensor(new long[] { 2, 0 }) : (arange(2 * labelCount) % 2).to(ScalarType.Float32).view(2, labelCount);

        double loss = model.Loss(logits, labels).item<float>();

        double wanted = expected switch
        {
            "regression" => (logits - labels).pow(2).mean().item<float>(),
            "single" => -(nn.functional.log_softmax(logits, 1)[0, 2] + nn.functional.log_softmax(logits, 1)[1, 0]).item<float>() / 2,
            _ => -(labels * logits.sigmoid().log() + (1 - labels) * (1 - logits.sigmoid()).log()).mean().item<float>(),
        };
        Assert.Equal(wanted, loss, 5);
    }

    [Fact]
    public void Labels_of_padding_take_no_part_in_replaced_token_detection()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new[] { 2f, -1f, 3f, 0.5f }).view(1, 4), mask = tensor(new long[] { 1, 1, 0, 0 }).view(1, 4);
        double first = ElectraLosses.ReplacedTokenDetection(logits, tensor(new long[] { 1, 0, 0, 1 }).view(1, 4), mask).item<float>();
        double second = ElectraLosses.ReplacedTokenDetection(logits, tensor(new long[] { 1, 0, 1, 0 }).view(1, 4), mask).item<float>();
        Assert.Equal(first, second);
        Assert.Equal((Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.Exp(-1))) / 2, first, 6);
    }

    [Fact]
    public void Answers_behind_the_text_take_no_part_in_question_answering()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor start = randn(2, 5), end = randn(2, 5);
        Tensor Positions(long first, long second) => tensor(new[] { first, second });
        double loss = ElectraLosses.QuestionAnswering(start, end, Positions(1, 99), Positions(3, 5)).item<float>();
        Tensor Position(long only) => tensor(new[] { only });
        double alone = ElectraLosses.QuestionAnswering(start[..1], end[..1], Position(1), Position(3)).item<float>();
        Assert.Equal(alone, loss, 5);
    }

    [Fact]
    public void Heads_return_float32_whatever_the_compute_type()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraForPreTraining(Config, seed: 1);
        model.Electra.ComputeDtype = ScalarType.BFloat16;
        Assert.Equal(ScalarType.Float32, model.forward(TinyConfig.Ids(2, 6)).dtype);
    }

    [Fact]
    public void What_a_head_cannot_do_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        string Message(Func<object> call) => Assert.Throws<ArgumentException>(call).Message;
        Assert.Contains("2 labels", Message(() => new ElectraForQuestionAnswering(Config.WithLabels(3))), StringComparison.Ordinal);
        ElectraConfig lastToken = Config with { SummaryType = "last" };
        Assert.Contains("summary_type", Message(() => new ElectraForMultipleChoice(lastToken)), StringComparison.Ordinal);
        using var model = new ElectraForMultipleChoice(Config);
        Assert.Contains("(batch, choices, seq)", Message(() => model.forward(TinyConfig.Ids(2, 6))), StringComparison.Ordinal);
        Assert.Equal([2, 3], model.forward(TinyConfig.Ids(6, 5).view(2, 3, 5)).shape);
    }
}
