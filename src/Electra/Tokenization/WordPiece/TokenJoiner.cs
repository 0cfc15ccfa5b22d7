using System.Text;

namespace Electra.Tokenization;

/// <summary>Joins tokens to text by Hugging Face's rules (<c>convert_tokens_to_string</c> and <c>clean_up_tokenization</c>).</summary>
internal static class TokenJoiner
{
    public static string Join(IEnumerable<string> tokens, bool cleanUp)
    {
        string text = new StringBuilder().AppendJoin(' ', tokens).Replace(" ##", "").ToString().Trim();
        if (!cleanUp) return text;
        // the order matters: each rule sees the result of the one before
        return new StringBuilder(text)
            .Replace(" .", ".").Replace(" ?", "?").Replace(" !", "!").Replace(" ,", ",").Replace(" ' ", "'")
            .Replace(" n't", "n't").Replace(" 'm", "'m").Replace(" 's", "'s").Replace(" 've", "'ve").Replace(" 're", "'re")
            .ToString();
    }
}
