using Electra.Tests.Support;

namespace Electra.Tests.Tokenization;

/// <summary>Folders with a tokenizer that several versions of transformers wrote.</summary>
internal static class ForeignTokenizers
{
    public static IEnumerable<string> Folders()
    {
        if (ReferenceData.FindFixture("foreign") is not { } root) return [];
        return Directory.EnumerateFiles(root, "tokenizer_config.json", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).Order();
    }
}
