using System.IO.Compression;
using System.Text.Json;
using Electra.Checkpoints;
using Electra.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Files of torch.save: every element type and every kind of view; and files that were made to do harm.</summary>
public class PyTorchReaderTests
{
    private static readonly string[] RefuseOrIgnore = ["16-cyclic-list.bin", "17-cyclic-dict.bin", "18-deep-nesting.bin", "19-memo-bomb.bin", "32-zip-path-traversal.bin", "50-duplicate-key.bin"];

    public static TheoryData<string> EvilFiles =>
        [.. ReferenceData.FindFixture("foreign/bin-evil") is { } folder
            ? Directory.GetFiles(folder, "*.bin").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToArray() : [""]];

    [SkippableTheory]
    [InlineData("zip")]
    [InlineData("legacy")]
    public void Every_type_and_view_is_read_bit_for_bit(string form)
    {
        using DisposeScope scope = NewDisposeScope();
        using PyTorchReader reader = PyTorchReader.Open(ReferenceData.Fixture($"foreign/bin-shared/{form}/zoo.bin"));
        using SafetensorsReader expected = SafetensorsReader.Open(ReferenceData.Fixture("foreign/bin-shared/zoo.safetensors"));
        Assert.Equal(expected.Entries.Keys.Order(StringComparer.Ordinal), reader.Names.Order(StringComparer.Ordinal));
        foreach (string name in reader.Names)
        {
            Tensor wanted = expected.ReadTensor(name), got = reader.ReadTensor(name), copied = empty_like(wanted);
            reader.CopyInto(name, copied);
            Assert.Equal((wanted.dtype, string.Join(',', wanted.shape)), (reader.DType(name), string.Join(',', reader.Shape(name))));
            Assert.Equal(wanted.bytes.ToArray(), got.bytes.ToArray());
            Assert.Equal(wanted.bytes.ToArray(), copied.bytes.ToArray());
        }
    }

    [SkippableTheory]
    [MemberData(nameof(EvilFiles))]
    public void Files_made_to_do_harm_are_refused_with_a_reason(string name)
    {
        Skip.If(name.Length == 0, "no reference fixtures on this machine");
        string path = ReferenceData.Fixture("foreign/bin-evil/" + name);
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllText(ReferenceData.Fixture("foreign/bin-evil/cases.json")));
        string expect = cases.RootElement.EnumerateArray().Single(entry => entry.GetProperty("file").GetString() == name).GetProperty("expect").GetString()!;
        long before = GC.GetAllocatedBytesForCurrentThread();
        string? refusal = null;
        try
        {
            using PyTorchReader reader = PyTorchReader.Open(path);
            using Tensor read = reader.ReadTensor("electra.embeddings.word_embeddings.weight");
            if (name.StartsWith("00-", StringComparison.Ordinal)) Assert.Equal([1f, 2f, 3f, 4f], read.data<float>().ToArray());
        }
        catch (InvalidDataException error)
        {
            refusal = error.Message;
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 40_000_000, $"{name} took too much memory");
        Assert.False(File.Exists("pwned.txt") || File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "pwned.txt")), $"{name} was executed");
        if (expect == "load") Assert.Null(refusal);
        else if (!RefuseOrIgnore.Contains(name)) Assert.NotNull(refusal);
        if (refusal is not null) Assert.Contains(path, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_of_very_many_dimensions_is_refused_before_it_is_copied()
    {
        string path = Path.Combine(Path.GetTempPath(), $"electra-{Guid.NewGuid():N}.bin");
        byte[] ones = [(byte)'(', .. Enumerable.Repeat("K\u0001"u8.ToArray(), 300_000).SelectMany(one => one), (byte)'t', (byte)'q', 0]; // a tuple, remembered
        byte[] storage = [.. "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0001tQ"u8];
        byte[] pickle =
        [
            0x80, 2, .. "}X\u0001\0\0\0w"u8, .. "ctorch._utils\n_rebuild_tensor_v2\n("u8, .. storage, .. "K\0"u8, .. ones, (byte)'h', 0, 0x89,
            .. "ccollections\nOrderedDict\n)RtRs."u8,
        ];
        try
        {
            using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
            {
                foreach ((string name, byte[] bytes) in new[] { ("archive/data.pkl", pickle), ("archive/data/0", new byte[4]) })
                {
                    using Stream entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                    entry.Write(bytes);
                }
            }

            Assert.Contains("300,000 dimensions", Assert.Throws<InvalidDataException>(() => PyTorchReader.Open(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // What stands in the message of those whose reason is a name.
    [SkippableTheory]
    [InlineData("01-posix-system.bin", "posix.system")]
    [InlineData("04-os-system-stack-global.bin", "system")]
    [InlineData("05-builtins-eval.bin", "builtins.eval")]
    [InlineData("08-inst.bin", "system")]
    [InlineData("10-popen.bin", "subprocess.Popen")]
    [InlineData("15-unknown-tensor-class.bin", "_rebuild_everything")]
    [InlineData("31-storage-key-traversal.bin", "../../secret")]
    [InlineData("34-zip-two-data-pkl.bin", "two entries")]
    [InlineData("35-zip-bomb.bin", "packed")]
    [InlineData("36-truncated-zip.bin", "cut short")]
    [InlineData("37-truncated-legacy.bin", "cut short")]
    [InlineData("47-quantized.bin", "quantised")]
    [InlineData("48-not-a-dict.bin", "single tensor")]
    [InlineData("52-lfs-pointer.bin", "git-lfs pointer")]
    [InlineData("53-empty.bin", "empty")]
    [InlineData("54-html.bin", "HTML page")]
    [InlineData("55-torchscript.bin", "TorchScript")]
    [InlineData("56-newobj.bin", "subprocess.Popen")]
    public void The_reason_names_what_is_wrong(string name, string reason)
    {
        string path = ReferenceData.Fixture("foreign/bin-evil/" + name);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => PyTorchReader.Open(path)).Message, StringComparison.Ordinal);
    }
}
