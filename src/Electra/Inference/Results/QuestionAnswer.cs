namespace Electra.Inference;

/// <summary>What a model says to a question.</summary>
/// <param name="Answers">The best answers, the best first; none when nothing in the context can be one.</param>
/// <param name="NoAnswerScore">How much speaks for there being none: above 0 more than for the best answer. No probability.</param>
/// <param name="HasAnswer">Whether the model takes the best answer for one.</param>
public sealed record QuestionAnswer(IReadOnlyList<Answer> Answers, double NoAnswerScore, bool HasAnswer)
{
    /// <summary>The text of the best answer; empty when there is none.</summary>
    public string Text => HasAnswer ? Answers[0].Text : "";
}
