using System.Text.Json;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

/// <summary>A model of a reference folder, run by the names of inputs and outputs that the folder's files use.</summary>
internal sealed class ReferenceModel : IDisposable
{
    private readonly Func<Func<string, Tensor?>, bool, Dictionary<string, Tensor>> _run;

    private ReferenceModel(nn.Module module, ElectraModel encoder, Func<Func<string, Tensor?>, bool, Dictionary<string, Tensor>> run)
    {
        Module = module;
        Encoder = encoder;
        _run = run;
        module.eval();
    }

    public nn.Module Module { get; }

    public ElectraModel Encoder { get; }

    /// <summary>Runs the model on inputs by name (null when the case does not give one); the loss too where the case has labels.</summary>
    public Dictionary<string, Tensor> Run(Func<string, Tensor?> input, bool withStates = false) => _run(input, withStates);

    public void Dispose() => Module.Dispose();

    public static ReferenceModel Load(string folder)
    {
        string architecture = ElectraConfig.Load(Path.Combine(folder, "config.json")).Architectures![0];
        return architecture switch
        {
            nameof(ElectraModel) => EncoderAlone(ElectraModel.FromPretrained(folder)),
            nameof(ElectraForPreTraining) => PreTraining(ElectraForPreTraining.FromPretrained(folder)),
            nameof(ElectraForMaskedLM) => MaskedLM(ElectraForMaskedLM.FromPretrained(folder)),
            nameof(ElectraForSequenceClassification) => Sequence(ElectraForSequenceClassification.FromPretrained(folder)),
            nameof(ElectraForTokenClassification) => Token(ElectraForTokenClassification.FromPretrained(folder)),
            nameof(ElectraForQuestionAnswering) => Question(ElectraForQuestionAnswering.FromPretrained(folder)),
            nameof(ElectraForMultipleChoice) => Choice(ElectraForMultipleChoice.FromPretrained(folder)),
            _ => throw new JsonException($"{folder}: unknown architecture {architecture}"),
        };
    }

    private static ReferenceModel EncoderAlone(ElectraModel model) => new(model, model, (input, withStates) =>
    {
        Tensor? grad = input("grad_output");
        if (!withStates)
        {
            Tensor last = model.forward(
                input("input_ids"), input("attention_mask"), input("token_type_ids"), input("position_ids"), input("inputs_embeds"));
            Dictionary<string, Tensor> encoded = new() { ["last_hidden_state"] = last };
            if (grad is not null) encoded["loss"] = (last * grad).sum();
            return encoded;
        }

        ElectraModelOutput all = model.forwardWithStates(
            input("input_ids"), input("attention_mask"), input("token_type_ids"), input("position_ids"), input("inputs_embeds"));
        Dictionary<string, Tensor> states = new() { ["last_hidden_state"] = all.LastHiddenState };
        for (int i = 0; i < all.HiddenStates.Count; i++) states[$"hidden_states.{i}"] = all.HiddenStates[i];
        for (int i = 0; i < all.Attentions.Count; i++) states[$"attentions.{i}"] = all.Attentions[i];
        return states;
    });

    private static ReferenceModel PreTraining(ElectraForPreTraining model) => new(model, model.Electra, (input, _) =>
        WithLoss(
            input("labels"),
            model.forward(input("input_ids"), input("attention_mask"), input("token_type_ids")),
            (logits, labels) => ElectraLosses.ReplacedTokenDetection(logits, labels, input("attention_mask"))));

    private static ReferenceModel MaskedLM(ElectraForMaskedLM model) => new(model, model.Electra, (input, _) =>
        WithLoss(
            input("labels"),
            model.forward(input("input_ids"), input("attention_mask"), input("token_type_ids")),
            (logits, labels) => ElectraLosses.MaskedLM(logits, labels)));

    private static ReferenceModel Sequence(ElectraForSequenceClassification model) => new(model, model.Electra, (input, _) =>
        WithLoss(
            input("labels"),
            model.forward(input("input_ids"), input("attention_mask"), input("token_type_ids")),
            (logits, labels) => model.Loss(logits, labels)));

    private static ReferenceModel Token(ElectraForTokenClassification model) => new(model, model.Electra, (input, _) =>
        WithLoss(
            input("labels"),
            model.forward(input("input_ids"), input("attention_mask"), input("token_type_ids")),
            (logits, labels) => ElectraLosses.TokenClassification(logits, labels)));

    private static ReferenceModel Choice(ElectraForMultipleChoice model) => new(model, model.Electra, (input, _) =>
        WithLoss(
            input("labels"),
            model.forward(input("input_ids")!, input("attention_mask"), input("token_type_ids")),
            (logits, labels) => ElectraLosses.MultipleChoice(logits, labels)));

    private static ReferenceModel Question(ElectraForQuestionAnswering model) => new(model, model.Electra, (input, _) =>
    {
        (Tensor start, Tensor end) = model.forward(input("input_ids"), input("attention_mask"), input("token_type_ids"));
        return new()
        {
            ["start_logits"] = start,
            ["end_logits"] = end,
            ["loss"] = ElectraLosses.QuestionAnswering(start, end, input("start_positions")!, input("end_positions")!),
        };
    });

    private static Dictionary<string, Tensor> WithLoss(Tensor? labels, Tensor logits, Func<Tensor, Tensor, Tensor> loss)
    {
        Dictionary<string, Tensor> outputs = new() { ["logits"] = logits };
        if (labels is not null) outputs["loss"] = loss(logits, labels);
        return outputs;
    }
}
