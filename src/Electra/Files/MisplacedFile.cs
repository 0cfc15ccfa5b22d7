using System.Text;

namespace Electra.Files;

/// <summary>Tells from its first bytes what lies where a file of a pretrained folder should be, and what to do about it.</summary>
internal static class MisplacedFile
{
    /// <summary>How many bytes are enough.</summary>
    public const int BytesNeeded = 256;

    private const int Quoted = 80;
    private const string Again = "download it again";
    private const string SaveAgain = "load it once in transformers and call save_pretrained, which writes safetensors";

    private static readonly (byte[] Start, string Fault)[] Binary =
    [
        ([.. "PK\u0003\u0004"u8], "it is a zip archive; if it is PyTorch's, name it pytorch_model.bin"),
        ([0x80, 0x02], "it is a Python pickle; if it is PyTorch's, name it pytorch_model.bin"),
        ([0x89, .. "HDF"u8], $"it is an HDF5 file, as Keras writes; {SaveAgain}"),
        ([0x1f, 0x8b], "it is packed with gzip; unpack it"),
    ];

    /// <summary>A clause that names what it is and what to do; null when it is none of the usual things.</summary>
    /// <param name="start">The first bytes of the file, as many as <see cref="BytesNeeded"/> where it has them.</param>
    public static string? Recognize(ReadOnlySpan<byte> start) => Recognize(start, expectsJson: false);

    /// <summary>The same of a text that should be JSON.</summary>
    public static string? Recognize(string text) =>
        Recognize(Encoding.UTF8.GetBytes(text[..Math.Min(text.Length, BytesNeeded)]), expectsJson: true);

    private static string? Recognize(ReadOnlySpan<byte> start, bool expectsJson)
    {
        if (start.IsEmpty) return $"it is empty; {Again}";
        foreach ((byte[] magic, string fault) in Binary)
            if (start.StartsWith(magic)) return fault;
        string text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\r', '\n', '\t').TrimEnd('\uFFFD'); // may end within a character
        bool Begins(string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
        if (Begins("version https://git-lfs"))
            return "it is a git-lfs pointer in place of the file; run 'git lfs pull' where the repository was cloned, or download the file itself";
        if (text.Length == 0 || text.Any(c => c == '\uFFFD' || (char.IsControl(c) && c is not ('\r' or '\n' or '\t')))) return null;
        if (Begins("<!doctype") || Begins("<html")) return "it is an HTML page, such as a site's log-in; download the file itself (on Hugging Face: 'resolve' in its address, not 'blob')";
        if (Begins("<")) return Answer("XML", text);
        if (Begins("{") || Begins("[")) return expectsJson ? null : Answer("JSON", text);
        return Answer("text", text);
    }

    // A server's reason, in place of the file.
    private static string Answer(string kind, string text)
    {
        string line = text.ReplaceLineEndings(" ").TrimEnd();
        return $"it is {kind}: '{(line.Length <= Quoted ? line : line[..Quoted] + "...")}'; if that is a server's answer, {Again}";
    }
}
