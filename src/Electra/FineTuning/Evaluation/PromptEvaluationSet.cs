using Electra.Inference;

namespace Electra.FineTuning;

/// <summary>Texts to judge a prompted discriminator by, as classifiers are judged.</summary>
/// <param name="texts">The same texts for a classifier.</param>
/// <param name="prompt">What is asked.</param>
/// <param name="encoder">Which filled the prompt.</param>
/// <param name="sequences">Those of each text.</param>
internal sealed class PromptEvaluationSet(EvaluationSet texts, Prompt prompt, PromptEncoder encoder, TokenSequence[][] sequences) : EvaluationSet(texts.Name)
{
    public override IReadOnlyList<TokenSequence> Sequences { get; } = [.. sequences.SelectMany(text => text)];

    public override TaskScores Judge(IReadOnlyList<float[]> outputs) =>
        texts.Judge([.. encoder.ByText(outputs).Select(words => PromptScores.OfClasses(words, encoder.Classes, prompt.Scoring))]);
}
