using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>Splits running text into words as tagged sentences have them: at blanks, and punctuation at either end of a word by itself.</summary>
internal static class TextWords
{
    /// <summary>Where the words stand.</summary>
    public static IReadOnlyList<TextSpan> Of(string text)
    {
        var words = new List<TextSpan>();
        for (int i = 0; i < text.Length;)
        {
            while (i < text.Length && char.IsWhiteSpace(text[i])) i++;
            int end = i;
            while (end < text.Length && !char.IsWhiteSpace(text[end])) end++;
            int first = i, last = end;
            while (first < last && char.IsPunctuation(text[first])) words.Add(new TextSpan(first, ++first));
            while (last > first && char.IsPunctuation(text[last - 1])) last--;
            if (last > first) words.Add(new TextSpan(first, last));
            while (last < end) words.Add(new TextSpan(last, ++last));
            i = end;
        }

        return words;
    }
}
