using System.Text.RegularExpressions;

namespace Electra.Samples.Search.Reporting;

/// <summary>The part of a passage that is shown: one line, with the words of the query in it.</summary>
/// <param name="query">What was asked.</param>
internal sealed partial class Snippet(string query)
{
    private const int ShortestWord = 3;
    private const string Cut = "…";

    private readonly HashSet<string> _words = new(Word().Matches(query).Select(word => word.Value).Where(word => word.Length >= ShortestWord), StringComparer.OrdinalIgnoreCase);

    /// <summary>The part with most different words of the query, the first of several.</summary>
    /// <param name="text">A passage.</param>
    /// <param name="width">Most characters.</param>
    public string Of(string text, int width)
    {
        text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        if (text.Length <= width) return text;
        int inside = Math.Max(1, width - (2 * Cut.Length)), best = -1, start = 0;
        (int Start, int End, bool IsMarked, string Word)[] words = [.. Word().Matches(text).Select(word => (word.Index, word.Index + word.Length, _words.Contains(word.Value), word.Value))];
        foreach ((int from, _, _, _) in words)
        {
            int held = words.Where(word => word.IsMarked && word.Start >= from && word.End <= from + inside)
                .Select(word => word.Word).Distinct(StringComparer.OrdinalIgnoreCase).Count();
            if (held > best) (best, start) = (held, from);
        }

        start = Math.Min(start, text.Length - inside);
        if (start <= 1) return string.Concat(text.AsSpan(0, width - 1), Cut);
        string end = start + inside < text.Length ? Cut : "";
        return string.Concat(Cut, text.AsSpan(start, inside), end);
    }

    /// <summary>The pieces of a text, each with whether it is a word of the query.</summary>
    public IEnumerable<(string Text, bool IsMarked)> Pieces(string text)
    {
        int done = 0;
        foreach (Match word in Word().Matches(text).Where(word => _words.Contains(word.Value)))
        {
            if (word.Index > done) yield return (text[done..word.Index], false);
            yield return (word.Value, true);
            done = word.Index + word.Length;
        }

        if (done < text.Length) yield return (text[done..], false);
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
