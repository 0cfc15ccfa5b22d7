using System.Text;

namespace Electra.Tokenization;

/// <summary>A <c>vocab.txt</c>: one token a line, in the order of the ids.</summary>
internal static class VocabularyFile
{
    public const string Name = "vocab.txt";

    public static string[] Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"vocabulary file '{path}' does not exist", path);
        try
        {
            return File.ReadAllLines(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{path}: not UTF-8 ({exception.Message}); expected one UTF-8 token a line", exception);
        }
    }

    public static void Write(string path, IEnumerable<string> tokens) => JsonFile.WriteText(path, string.Join('\n', tokens) + "\n");
}
