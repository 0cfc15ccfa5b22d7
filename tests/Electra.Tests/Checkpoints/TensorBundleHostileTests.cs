using Electra.Checkpoints;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Whatever is in the files of a checkpoint, reading them ends in tensors or in a clean error, and takes no more memory than they have bytes.</summary>
public sealed class TensorBundleHostileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[]> Entries => new()
    {
        { "too long for its data file", TensorBundleFile.Entry(1, [4], 0, 64, 16, 0) },
        { "beyond any file", TensorBundleFile.Entry(1, [4], 0, long.MaxValue - 3, 16, 0) },
        { "another variable's, too", TensorBundleFile.Entry(1, [4], 0, 8, 16, 0) },
        { "in data file", TensorBundleFile.Entry(1, [4], 1, 0, 16, 0) },
        { "in data file", TensorBundleFile.Entry(1, [4], -1, 0, 16, 0) },
        { "a dimension is -1", TensorBundleFile.Entry(1, [-1], 0, 0, 4, 0) },
        { "no tensor has the shape", TensorBundleFile.Entry(1, [1L << 32, 1L << 32], 0, 0, 0, 0) },
        { "no tensor has the shape", TensorBundleFile.Entry(1, [1L << 62, 1L << 62, 0], 0, 0, 0, 0) },
        { "does not have", TensorBundleFile.Entry(1, [1L << 40], 0, 32, 0, 0) },
        { "does not have", TensorBundleFile.Entry(1, [5], 0, 32, 0, 0) },
        { "dimensions", TensorBundleFile.Entry(1, [.. Enumerable.Repeat(1L, 33)], 0, 32, 4, 0) },
        { "and has -16 bytes", TensorBundleFile.Entry(1, [4], 0, 32, -16, 0) },
        { "32 bit number", [.. TensorBundleFile.Field(1, 1L << 40)] },
        { "are left", TensorBundleFile.Entry(1, [4], 0, 32, 16, 0)[..^1] },
        { "wire type", [0x0f, 1, 2] },
        { "does not end", [0x08, .. Enumerable.Repeat((byte)0xff, 12)] },
        { "shape is unknown", TensorBundleFile.Field(2, TensorBundleFile.Field(3, 1)) },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public void Entries_that_cannot_be_are_refused(string fault, byte[] entry)
    {
        TensorBundleFile file = Small();
        file.Put("bad", entry);
        string message = Refusal(file);
        if (fault is "too long for its data file" or "beyond any file") fault = "data file 0, which has|and has 16 bytes";
        Assert.Matches(fault, message);
        Assert.Contains("bad", message, StringComparison.Ordinal);
        Assert.Contains(_folder.File("model.index"), message, StringComparison.Ordinal);
    }

    public static TheoryData<string, long[]> Cuts => new()
    {
        { "overlap at 1", [0, 2, 1, 3] },
        { "between 1 and 2", [0, 1, 2, 2] },
        { "end at 3", [0, 1, 1, 2] },
        { "outside of its dimension", [0, 2, 2, 3] },
        { "outside of its dimension", [-1, 5] },
        { "outside of its dimension", [long.MaxValue, 2] },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Parts_that_do_not_make_a_whole_are_refused(string fault, long[] cuts)
    {
        TensorBundleFile file = Small();
        file.AddParts("parts", [4, 2], [.. cuts.Chunk(2).Select(cut => new[] { (cut[0], cut[1]), (0L, -1L) })]);
        Assert.Contains(fault, Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_along_two_axes_missing_ones_and_ones_of_another_shape_are_refused()
    {
        TensorBundleFile file = Small();
        file.AddParts("parts", [4, 4], [(0, 2), (0, -1)], [(2, 2), (0, 2)], [(2, 2), (2, 2)]);
        Assert.Contains("cut along 2 dimensions", Refusal(file), StringComparison.Ordinal);

        // All of it along one axis, and something after it along the other: no part may be taken for what it is not.
        file = Small();
        file.AddParts("parts", [2, 4], [(0, -1), (0, -1)], [(0, -1), (2, 2)]);
        Assert.Contains("overlap", Refusal(file), StringComparison.Ordinal);

        file = Small();
        file.AddParts("parts", [4, 2], [(0, 2), (0, -1)], [(2, 2), (0, -1)]);
        file.Remove(SliceKey.Of("parts", [(2, 2), (0, -1)]));
        Assert.Contains("part from 2 on is missing", Refusal(file), StringComparison.Ordinal);
        file.Put(SliceKey.Of("parts", [(2, 2), (0, -1)]), TensorBundleFile.Entry(1, [1, 4], 0, 1000, 16, 0));
        Assert.Contains("data file 0, which has", Refusal(file), StringComparison.Ordinal);
        file.Put(SliceKey.Of("parts", [(2, 2), (0, -1)]), TensorBundleFile.Entry(1, [1, 4], 0, file.Data.Length - 16, 16, 0));
        Assert.Contains("another type or shape", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_other_kinds_are_refused_by_name()
    {
        TensorBundleFile file = Small();
        file.BlockType = 1;
        Assert.Contains("Snappy", Refusal(file), StringComparison.Ordinal);
        file.BlockType = 7;
        Assert.Contains("block type 7", Refusal(file), StringComparison.Ordinal);
        file = Small();
        file.Header = [.. TensorBundleFile.Field(1, 1), .. TensorBundleFile.Field(2, 1)];
        Assert.Contains("big-endian", Refusal(file), StringComparison.Ordinal);
        file.Header = [.. TensorBundleFile.Field(1, 1), .. TensorBundleFile.Field(3, TensorBundleFile.Field(2, 9))];
        Assert.Contains("version 9", Refusal(file), StringComparison.Ordinal);
        file.Header = [];
        Assert.Contains("0 data files", Refusal(file), StringComparison.Ordinal);
        file.Header = TensorBundleFile.Field(1, int.MaxValue);
        Assert.Throws<FileNotFoundException>(() => TensorBundleReader.Open(file.Write(_folder.File("model"))));
        file.Header = TensorBundleFile.Field(1, 1);
        file.Put("a\u00ff", TensorBundleFile.Entry(1, [0], 0, 0, 0, 0));
        Assert.Contains("no text", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_grow_beyond_the_file_and_blocks_that_come_twice_are_refused()
    {
        // 3,000 entries of some bytes each, whose keys share 4,000 bytes.
        var growing = new TensorBundleFile { EntriesPerBlock = int.MaxValue };
        for (int i = 0; i < 3000; i++) growing.Put(new string('k', 4000) + (char)(i / 200) + (char)(i % 200), TensorBundleFile.Entry(1, [0], 0, 0, 0, 0));
        Assert.Contains("keys are longer", Assert.Throws<InvalidDataException>(() => IndexTable.Read(growing.Index(), "x")).Message, StringComparison.Ordinal);

        // The list of blocks, which is the third one that is written, names the first one twice.
        var file = new TensorBundleFile();
        int written = 0, size = 0;
        file.Harm = block =>
        {
            if (++written == 1) size = block.Length;
            return written == 3 ? [.. Handle('x'), .. Handle('y'), 0, 0, 0, 0, 1, 0, 0, 0] : block;
        };
        Assert.Contains("begins before the end", Assert.Throws<InvalidDataException>(() => IndexTable.Read(file.Index(), "x")).Message, StringComparison.Ordinal);

        byte[] Handle(char key) => [0, 1, 2, (byte)key, 0, (byte)size]; // no shared byte, one of its own, and a value of two: place and size
    }

    [Fact]
    public void A_changed_byte_of_a_variable_is_found_by_its_checksum()
    {
        TensorBundleFile file = Small();
        string prefix = file.Write(_folder.File("model"));
        byte[] data = file.Data;
        data[5] ^= 1;
        File.WriteAllBytes(prefix + ".data-00000-of-00001", data);
        using TensorBundleReader reader = TensorBundleReader.Open(prefix);
        string message = Assert.Throws<InvalidDataException>(() => reader.ReadTensor("a")).Message;
        Assert.Contains("'a'", message, StringComparison.Ordinal);
        Assert.Contains("model.data-00000-of-00001", message, StringComparison.Ordinal);
        Assert.Contains("checksum", message, StringComparison.Ordinal);
        using Tensor b = reader.ReadTensor("b");
    }

    [Fact]
    public void A_bool_that_is_neither_is_refused()
    {
        TensorBundleFile file = Small();
        file.Add("flag", 10, [2], [1, 2]);
        using TensorBundleReader reader = TensorBundleReader.Open(file.Write(_folder.File("model")));
        Assert.Contains("bool", Assert.Throws<InvalidDataException>(() => reader.ReadTensor("flag")).Message, StringComparison.Ordinal);
    }

    private static TensorBundleFile Small()
    {
        var file = new TensorBundleFile();
        file.Add("a", 2, 2);
        file.Add("b", 4);
        return file;
    }

    private string Refusal(TensorBundleFile file) =>
        Assert.Throws<InvalidDataException>(() => TensorBundleReader.Open(file.Write(_folder.File("model"))).Dispose()).Message;
}
