using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.Support;
using Electra.Tokenization;
using Electra.Training;

namespace Electra.Tests.FineTuning;

/// <summary>Windows of real questions: nothing of a context is lost, and what is learned is what the scorer takes for right.</summary>
public class SquadWindowsTests
{
    [SkippableTheory]
    [InlineData(128, null)]
    [InlineData(128, 32)]
    [InlineData(384, 128)]
    public void Every_token_of_a_context_is_the_affair_of_one_window(int length, int? stride)
    {
        ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(LabelledData.WikiMini);
        var windows = new AnswerWindows(tokenizer, new AnswerOptions { MaxLength = length, Stride = stride }, 512);
        int several = 0;
        foreach (QuestionExample question in Read("heldout-v1.1").Examples.Where((_, i) => i % 5 == 0))
        {
            IReadOnlyList<AnswerWindow> parts = windows.Of(question.Question, question.Context);
            TextSpan[] all = [.. tokenizer.Encode(question.Context, options: new EncodingOptions { AddSpecialTokens = false }).Offsets];
            Assert.All(parts, part => Assert.True(part.Sequence.Length <= length));
            Assert.Equal(all, parts.SelectMany(part => part.Offsets.Where((_, i) => part.HasMostContext[i])).OrderBy(span => span.Start));
            if (parts.Count > 1) several++;
            for (int i = 1; i < parts.Count; i++) Assert.True(parts[i].Offsets[0].Start < parts[i - 1].Offsets[^1].End, "windows do not overlap");
        }

        Assert.True(several > 10, $"{several} contexts had more than one window");
    }

    /// <summary>
    /// A network that says of each window just what it is taught gives the right answer, as far as tokens can: 99 % of answers are whole tokens. An answer
    /// that is not all in the window to which its beginning belongs can't be found, and isn't counted here.
    /// </summary>
    [SkippableTheory]
    [InlineData("heldout-v1.1")]
    [InlineData("heldout-v2.0")]
    public void What_is_taught_is_what_the_scorer_takes_for_right(string file)
    {
        ExampleSet<QuestionExample> set = Read(file);
        var options = new AnswerOptions { MaxLength = 128 };
        var windows = new AnswerWindows(ElectraTokenizer.FromPretrained(LabelledData.WikiMini), options, 128);
        int asked = 0, exact = 0, untaught = 0;
        foreach (QuestionExample question in set.Examples)
        {
            IReadOnlyList<AnswerWindow> parts = windows.Of(question.Question, question.Context);
            WindowScores[] scores = [.. parts.Select(part => Perfect(QuestionAnsweringTask.Target(question, part), part))];
            (IReadOnlyList<Answer> answers, double none) = AnswerDecoder.Decode(question.Context, parts, scores, options with { MaxAnswerLength = 128 });
            if (question.Answers.Count == 0)
            {
                Assert.True(none > 0, question.Id);
                continue;
            }

            if (!parts.Any(part => QuestionAnsweringTask.Target(question, part)[0] is > 0 and long start && part.HasMostContext[start - part.First]))
            {
                untaught++;
                continue;
            }

            asked++;
            if (SquadAnswer.Normalize(answers[0].Text) == SquadAnswer.Normalize(question.Answers[0].Text)) exact++;
            else Assert.Contains(SquadAnswer.Normalize(question.Answers[0].Text).Split(' ')[0], SquadAnswer.Normalize(answers[0].Text), StringComparison.Ordinal);
        }

        Assert.True(asked > 1000 && exact > 0.99 * asked, $"{exact} of {asked}");
        Assert.True(untaught < 0.01 * asked, $"{untaught} of {asked}");
    }

    private static WindowScores Perfect(long[] target, AnswerWindow window)
    {
        float[] output = new float[2 * window.Sequence.Length];
        output[target[0]] = output[window.Sequence.Length + target[1]] = 10;
        return WindowScores.OfStartsAndEnds(output, window.Sequence.Length, 20);
    }

    private static ExampleSet<QuestionExample> Read(string file) => SquadFile.Read(ReferenceData.Data($"squad/articlesplit-{file}.json"));
}
