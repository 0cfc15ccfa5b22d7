namespace Electra.FineTuning;

/// <summary>A question about a text that holds the answer, or, in SQuAD 2.0, may not hold it.</summary>
/// <param name="Id">What its file calls it.</param>
/// <param name="Question">The question.</param>
/// <param name="Context">The text.</param>
/// <param name="Answers">What people answered; none when there is no answer in the context.</param>
public sealed record QuestionExample(string Id, string Question, string Context, IReadOnlyList<AnswerText> Answers);
