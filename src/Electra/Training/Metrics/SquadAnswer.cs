using System.Globalization;
using System.Text;

namespace Electra.Training;

/// <summary>Compares answers to questions by the rules of SQuAD's official scripts, which read characters as Python does.</summary>
internal static class SquadAnswer
{
    private static readonly HashSet<string> Articles = ["a", "an", "the"];

    /// <summary>Lower case, ASCII punctuation out, the words a, an and the out, single blanks between the rest.</summary>
    public static string Normalize(string text)
    {
        var bare = new StringBuilder();
        foreach (char c in text.ToLowerInvariant())
            if (!(char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)))) bare.Append(c);
        var kept = new StringBuilder();
        for (int i = 0; i < bare.Length;)
        {
            int end = i;
            while (end < bare.Length && IsWordCharacter(bare[end])) end++;
            string word = bare.ToString(i, end - i);
            kept.Append(Articles.Contains(word) ? " " : word);
            if (end < bare.Length && end == i) kept.Append(bare[end++]);
            i = end;
        }

        return string.Join(' ', kept.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>SQuAD 1.1: the best over the answers; two empty ones match exactly but have F1 0.</summary>
    public static (bool Exact, double F1) Of(string prediction, IEnumerable<string> answers)
    {
        (bool, double) best = (false, 0);
        foreach (string answer in answers) best = Better(best, (Normalize(prediction) == Normalize(answer), F1(prediction, answer, empty: 0)));
        return best;
    }

    /// <summary>SQuAD 2.0: no answer left after normalisation means that the question has none.</summary>
    public static (bool Exact, double F1) OfOptional(string prediction, IEnumerable<string> answers)
    {
        (bool, double) best = (false, 0);
        string[] left = [.. answers.Where(answer => Normalize(answer).Length > 0)];
        foreach (string answer in left.Length > 0 ? left : [""])
            best = Better(best, (Normalize(prediction) == Normalize(answer), F1(prediction, answer, empty: 1)));
        return best;
    }

    private static (bool, double) Better((bool Exact, double F1) one, (bool Exact, double F1) other) =>
        (one.Exact || other.Exact, Math.Max(one.F1, other.F1));

    private static double F1(string prediction, string answer, double empty)
    {
        string[] said = Words(prediction), truth = Words(answer);
        if (said.Length == 0 && truth.Length == 0) return empty;
        Dictionary<string, int> left = truth.GroupBy(word => word).ToDictionary(group => group.Key, group => group.Count());
        int same = said.Count(word => left.GetValueOrDefault(word) > 0 && left[word]-- > 0);
        return same == 0 ? 0 : 2.0 * same / (said.Length + truth.Length);
    }

    private static string[] Words(string text) => Normalize(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // Python's \w: letters, numbers of all kinds and _, but no combining marks.
    private static bool IsWordCharacter(char c) => char.IsLetter(c) || c == '_'
        || char.GetUnicodeCategory(c) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
