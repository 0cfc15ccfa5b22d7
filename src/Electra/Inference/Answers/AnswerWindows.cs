using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>Cuts a context into windows that overlap, each behind the whole question (the rule of SQuAD's original scripts).</summary>
internal sealed class AnswerWindows(ElectraTokenizer tokenizer, AnswerOptions options, int positions)
{
    private static readonly EncodingOptions Bare = new() { AddSpecialTokens = false };
    private const int SpecialTokens = 3;

    /// <summary>The windows of a question, one at least.</summary>
    public IReadOnlyList<AnswerWindow> Of(string question, string context)
    {
        int length = Math.Min(options.MaxLength, positions);
        IReadOnlyList<int> asked = tokenizer.EncodeToIds(question);
        int[] head = [.. asked.Take(Math.Min(options.MaxQuestionLength, (length - SpecialTokens) / 2))];
        TokenizedText tokens = tokenizer.Encode(context, options: Bare);
        int room = length - head.Length - SpecialTokens, stride = options.Stride ?? Math.Min(128, Math.Max(1, room / 2));
        var parts = new List<(int Start, int Length)>();
        for (int start = 0; ; start += Math.Min(parts[^1].Length, stride))
        {
            parts.Add((start, Math.Min(room, tokens.Length - start)));
            if (start + parts[^1].Length >= tokens.Length) break;
        }

        return [.. parts.Select((part, index) => Window(head, tokens, part, i => Owner(parts, i) == index))];
    }

    private AnswerWindow Window(int[] question, TokenizedText context, (int Start, int Length) part, Func<int, bool> hasMostContext)
    {
        SpecialTokens special = tokenizer.SpecialTokens;
        int[] ids = [special.ClsId, .. question, special.SepId, .. context.Ids.Skip(part.Start).Take(part.Length), special.SepId];
        int first = question.Length + 2;
        return new AnswerWindow(
            new TokenSequence(ids, first), first, [.. context.Offsets.Skip(part.Start).Take(part.Length)],
            [.. Enumerable.Range(part.Start, part.Length).Select(hasMostContext)]);
    }

    // The part with the most tokens on the side of a token where it has fewer; of equal ones the longest, then the first.
    private static int Owner(List<(int Start, int Length)> parts, int token)
    {
        (double Score, int Index) best = (double.NegativeInfinity, -1);
        foreach ((int index, (int start, int length)) in parts.Index())
        {
            if (token < start || token >= start + length) continue;
            double score = Math.Min(token - start, start + length - 1 - token) + (0.01 * length);
            if (score > best.Score) best = (score, index);
        }

        return best.Index;
    }
}
