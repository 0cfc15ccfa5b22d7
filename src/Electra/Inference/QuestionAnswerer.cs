using Electra.Modeling;
using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>
/// Finds the answer to a question in a text of any length with a fine-tuned model. Any number of threads may ask it at once.
/// </summary>
public sealed class QuestionAnswerer : IDisposable
{
    private readonly ISequenceModel _model;
    private readonly AnswerWindows _windows;

    /// <summary>Over a model whose head is for this.</summary>
    internal QuestionAnswerer(ISequenceModel model, AnswerOptions answers)
    {
        (_model, Options) = (model, answers);
        _windows = new AnswerWindows(model.Tokenizer, answers, model.MaxLength);
    }

    /// <summary>The model's tokenizer.</summary>
    public ElectraTokenizer Tokenizer => _model.Tokenizer;

    /// <summary>Tokens of the longest sequence, special ones included.</summary>
    public int MaxLength => _model.MaxLength;

    /// <summary>How answers are looked for.</summary>
    public AnswerOptions Options { get; }

    /// <summary>
    /// The score of no answer above which a question is taken to have none. Find it on examples (fine-tuning on SQuAD 2.0 tells it).
    /// </summary>
    /// <value>null: every question is answered, as in SQuAD 1.1.</value>
    public double? NoAnswerThreshold { get; init; }

    /// <summary>Loads a folder that fine-tuning, or Hugging Face's <c>ElectraForQuestionAnswering</c>, has written.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU, in float32.</value></param>
    /// <param name="answers">How answers are looked for.</param>
    /// <param name="noAnswerThreshold">As <see cref="NoAnswerThreshold"/>.</param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
    public static QuestionAnswerer FromPretrained(
        string folder, InferenceOptions? options = null, AnswerOptions? answers = null, double? noAnswerThreshold = null)
    {
        answers = (answers ?? new AnswerOptions()).Validate();
        Predictor<ElectraForQuestionAnswering> predictor =
            Predictor<ElectraForQuestionAnswering>.Load(folder, "question answering", (model, rows) => SpanOutputs.Of(model, rows, answers), options);
        return new QuestionAnswerer(predictor, answers) { NoAnswerThreshold = noAnswerThreshold };
    }

    /// <summary>Answers a question.</summary>
    /// <param name="question">The question; its end is cut where it is long.</param>
    /// <param name="context">The text that may hold the answer.</param>
    public QuestionAnswer Predict(string question, string context) => Predict([(question, context)])[0];

    /// <summary>Answers many questions.</summary>
    /// <param name="questions">Each with its text.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One a question, in their order.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<QuestionAnswer> Predict(
        IReadOnlyList<(string Question, string Context)> questions, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<AnswerWindow>[] windows = [.. questions.Select(item => _windows.Of(item.Question, item.Context))];
        TokenSequence[] sequences = [.. windows.SelectMany(of => of.Select(window => window.Sequence))];
        float[][] outputs = _model.Run(sequences, cancellationToken);
        var answers = new QuestionAnswer[questions.Count];
        for (int i = 0, next = 0; i < answers.Length; next += windows[i++].Count)
        {
            WindowScores[] scores = [.. windows[i].Select((window, j) => SpanOutputs.Read(
                _model.Config.HeadStyle, outputs[next + j], window.Sequence.Length, Options))];
            (IReadOnlyList<Answer> found, double none) = AnswerDecoder.Decode(questions[i].Context, windows[i], scores, Options);
            answers[i] = new QuestionAnswer(found, none, found.Count > 0 && !(none > NoAnswerThreshold));
        }

        return answers;
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();
}
