using System.IO.Compression;
using System.Text;
using Electra.Checkpoints;
using Electra.Modeling;
using Electra.Tests.Modeling;
using Electra.Tests.Support;

namespace Electra.Tests.Checkpoints;

/// <summary>What a failed download or a mix-up leaves where a file of a pretrained folder should be.</summary>
public class MisplacedFileTests
{
    private const string Pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 54235\n";

    private const string Page = "<!DOCTYPE html>\n<html class=\"\"><head><title>Sign in</title></head><body></body></html>\n";

    // What lies there; what it is called; what to do.
    public static TheoryData<byte[], string, string> Files => new()
    {
        { Encoding.UTF8.GetBytes(Pointer), "git-lfs pointer", "git lfs pull" },
        { Encoding.UTF8.GetBytes(Page), "HTML page", "download the file itself" },
        { Encoding.UTF8.GetBytes("\uFEFF\r\n  <HTML><body>404</body></HTML>"), "HTML page", "download the file itself" },
        { Encoding.UTF8.GetBytes("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"), "XML: '<?xml version=\"1.0\"?><Error><Code>AccessDenied", "download it again" },
        { Encoding.UTF8.GetBytes("<Error><Code>NoSuchKey</Code></Error>"), "XML: '<Error><Code>NoSuchKey", "download it again" },
        { Encoding.UTF8.GetBytes("{\"error\":\"Repository not found\"}"), "JSON: '{\"error\":\"Repository not found\"}'", "download it again" },
        { Encoding.UTF8.GetBytes("Entry not found"), "text: 'Entry not found'", "download it again" },
        { Encoding.UTF8.GetBytes(""), "empty", "download it again" },
        { [.. "PK\u0003\u0004"u8, .. new byte[200]], "zip archive", "pytorch_model.bin" },
        { [0x80, 2, .. "}q\0(X"u8, .. new byte[40]], "pickle", "pytorch_model.bin" },
        { [0x89, .. "HDF\r\n\u001a\n"u8, .. new byte[40]], "HDF5", "save_pretrained" },
        { Gzip("whatever it was, packed"u8), "gzip", "unpack it" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void In_place_of_weights_it_is_recognised_and_named(byte[] content, string name, string advice)
    {
        using TemporaryFolder folder = new();
        using (var model = new ElectraModel(TinyConfig.Value)) model.SavePretrained(folder.FullPath);
        File.WriteAllBytes(folder.File("model.safetensors"), content);
        AssertNamed(folder, "model.safetensors", name, advice);
    }

    [Theory]
    [InlineData(Pointer, "git-lfs pointer", "git lfs pull")]
    [InlineData(Page, "HTML page", "download the file itself")]
    [InlineData("Entry not found", "text: 'Entry not found'", "download it again")]
    [InlineData("", "empty", "download it again")]
    public void In_place_of_config_or_index_it_is_recognised_and_named(string content, string name, string advice)
    {
        using TemporaryFolder folder = new();
        using (var model = new ElectraModel(TinyConfig.Value)) model.SavePretrained(folder.FullPath);
        File.Delete(folder.File("model.safetensors"));
        File.WriteAllText(folder.File("model.safetensors.index.json"), content);
        AssertNamed(folder, "model.safetensors.index.json", name, advice);
        File.WriteAllText(folder.File("config.json"), content);
        AssertNamed(folder, "config.json", name, advice);
    }

    [Theory]
    [InlineData(12)] // within the header
    [InlineData(5000)]
    [InlineData(-1)] // the last byte
    public void A_download_cut_short_is_called_that(int length)
    {
        using TemporaryFolder folder = new();
        using (var model = new ElectraModel(TinyConfig.Value)) model.SavePretrained(folder.FullPath);
        byte[] whole = File.ReadAllBytes(folder.File("model.safetensors"));
        File.WriteAllBytes(folder.File("model.safetensors"), length < 0 ? whole[..^1] : whole[..length]);
        AssertNamed(folder, "model.safetensors", "cut short", "download or copy it again");
    }

    private static void AssertNamed(TemporaryFolder folder, string file, string name, string advice)
    {
        string message = Assert.Throws<InvalidDataException>(() => ElectraModel.FromPretrained(folder.FullPath)).Message;
        Assert.Contains(folder.File(file), message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(advice, message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 600);
    }

    private static byte[] Gzip(ReadOnlySpan<byte> content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(content);
        return packed.ToArray();
    }
}
