using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Inference;
using Electra.Samples.Predict.Inputs;
using Electra.Samples.Predict.Options;
using Electra.Samples.Pretrain.Options;
using TorchSharp;

namespace Electra.Samples.Predict.Models;

/// <summary>A fine-tuned model, whatever its head, that answers in JSON.</summary>
internal abstract class LoadedModel : IDisposable
{
    /// <summary>Whether it chooses between texts.</summary>
    public virtual bool HasChoices => false;

    /// <summary>Loads a folder with the class that goes with its head.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="arguments">How it is put to work.</param>
    /// <param name="device">Where to.</param>
    /// <exception cref="UsageException">The folder is no fine-tuned model.</exception>
    public static LoadedModel Load(string folder, PredictArguments arguments, torch.Device device)
    {
        var options = new InferenceOptions { Device = device, Precision = arguments.Precision, MaxLength = arguments.MaxLength };
        try
        {
            ElectraConfig config = ElectraConfig.Load(Path.Combine(folder, "config.json"));
            return config.Architectures is [string name, ..]
                ? name switch
                {
                    "ElectraForSequenceClassification" when config.ProblemType == "regression" || (config.ProblemType is null && config.NumLabels == 1) =>
                        new NumberModel(TextRegressor.FromPretrained(folder, options)),
                    "ElectraForSequenceClassification" =>
                        ClassModel.Of(TextClassifier.FromPretrained(folder, options), arguments.Top, config.ProblemType == "multi_label_classification"),
                    "ElectraForTokenClassification" => new TagModel(TokenClassifier.FromPretrained(folder, options)),
                    "ElectraForQuestionAnswering" =>
                        new AnswerModel(QuestionAnswerer.FromPretrained(folder, options, noAnswerThreshold: arguments.NoAnswerThreshold), arguments.Top),
                    "ElectraForMultipleChoice" => new ChoiceModel(MultipleChoice.FromPretrained(folder, options)),
                    "ElectraForPreTraining" when File.Exists(Path.Combine(folder, Prompt.FileName)) =>
                        ClassModel.Of(ZeroShotClassifier.FromPretrained(folder, options: options), arguments.Top),
                    _ => throw new UsageException($"'{folder}' holds {name}, which is not fine-tuned yet: samples/FineTune does that."),
                }
                : throw new UsageException($"'{folder}' does not say what its model is: its config.json has no architectures.");
        }
        catch (Exception exception) when (exception is InvalidDataException or FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new UsageException(exception.Message);
        }
    }

    /// <summary>Answers, one object a text, in their order.</summary>
    /// <param name="texts">Any number.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="UsageException">A text lacks what belongs to it.</exception>
    public abstract IEnumerable<JsonObject> Predict(IReadOnlyList<InputText> texts, CancellationToken cancellationToken);

    /// <summary>Frees the model.</summary>
    public abstract void Dispose();

    /// <summary>Begins an answer.</summary>
    protected static JsonObject Begin(InputText text, string name = "text")
    {
        var line = new JsonObject();
        if (text.Id is not null) line["id"] = text.Id;
        line[name] = text.Text;
        return line;
    }

    /// <summary>The second texts; null where no text has one.</summary>
    protected static IReadOnlyList<string>? Pairs(IReadOnlyList<InputText> texts)
    {
        if (texts.All(text => text.Pair is null)) return null;
        return texts.FirstOrDefault(text => text.Pair is null) is { } alone
            ? throw new UsageException($"'{alone.Text}' has no second text, but others have.")
            : [.. texts.Select(text => text.Pair!)];
    }

    /// <summary>A score with as many digits as mean something.</summary>
    protected static double Rounded(double score) => Math.Round(score, 4);
}
