using System.Text;
using Electra.Checkpoints;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Checkpoints that TensorFlow wrote, and how they may be called.</summary>
public class TensorBundleReaderTests
{
    [SkippableTheory]
    [InlineData("foreign/google-tiny", true)]
    [InlineData("foreign/google-tiny-sharded/sharded", false)]
    [InlineData("foreign/google-tiny-sharded/partitioned", false)]
    public void Every_variable_has_the_bytes_that_TensorFlow_gives(string folder, bool hasAll)
    {
        using var scope = NewDisposeScope();
        using TensorBundleReader reader = TensorBundleReader.Open(ReferenceData.Fixture(folder));
        using SafetensorsReader expected = SafetensorsReader.Open(ReferenceData.Fixture("foreign/google-tiny/tensors.safetensors"));
        if (hasAll) Assert.Equal(expected.Entries.Keys.Order(), reader.Entries.Keys.Order());
        Assert.InRange(reader.Entries.Count, 82, 400);
        foreach (string name in reader.Entries.Keys) AssertSameBytes(expected.ReadTensor(name), reader.ReadTensor(name), name);
        if (folder.EndsWith("partitioned", StringComparison.Ordinal))
        {
            Assert.Equal(3, reader.Entries["electra/embeddings/word_embeddings"].Parts);
            Assert.Equal(3, reader.Entries["generator_predictions/output_bias"].Parts);
        }
    }

    [SkippableFact]
    public void Half_types_are_read_as_they_are_and_widened_on_copying()
    {
        using var scope = NewDisposeScope();
        string folder = ReferenceData.Fixture("foreign/google-tiny-sharded/half");
        using TensorBundleReader reader = TensorBundleReader.Open(folder);
        using SafetensorsReader expected = SafetensorsReader.Open(Path.Combine(folder, "tensors.safetensors"));
        Assert.Equal(expected.Entries.Keys.Order(), reader.Entries.Keys.Order());
        Assert.Equal(ScalarType.BFloat16, reader.Entries["discriminator_predictions/dense/kernel"].DType);
        Assert.Equal(ScalarType.Float16, reader.Entries["electra/embeddings/word_embeddings"].DType);
        foreach ((string name, TensorBundleEntry entry) in reader.Entries.Where(pair => pair.Key != "global_step"))
        {
            Tensor widened = zeros([.. entry.Shape]);
            reader.CopyInto(name, widened);
            AssertSameBytes(expected.ReadTensor(name), widened, name);
        }
    }

    [SkippableFact]
    public void All_types_are_read_and_strings_are_listed()
    {
        using var scope = NewDisposeScope();
        using TensorBundleReader reader = TensorBundleReader.Open(ReferenceData.Fixture("foreign/google-tiny-sharded/types"));
        Assert.Equal("string [3]", reader.Entries["a/string"].Description);
        Assert.Null(reader.Entries["a/string"].DType);
        Assert.Contains("string", Assert.Throws<InvalidDataException>(() => reader.ReadTensor("a/string")).Message, StringComparison.Ordinal);
        Assert.Equal(3, reader.ReadTensor("b/bool").numel());
        Assert.Equal([-3, -2, -1, 0, 1, 2], reader.ReadTensor("c/int32").data<int>().ToArray());
        Assert.Equal(1L << 40, reader.ReadTensor("d/int64").item<long>());
        Assert.Equal<byte>([250, 251, 252, 253, 254, 255], reader.ReadTensor("e/uint8").data<byte>().ToArray());
        Assert.Equal([1.5, -0.0, double.PositiveInfinity, 1e-300], reader.ReadTensor("f/double").data<double>().ToArray());
        Assert.Equal([0, 3], reader.ReadTensor("g/empty").shape);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (float)i), reader.ReadTensor("h/five").data<float>().ToArray());
        Assert.Equal([2, 2, 2, 2, 2], reader.Entries["h/five"].Shape);
        float[] special = reader.ReadTensor("i/float").data<float>().ToArray();
        Assert.Equal([float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -0f], special);
        Assert.True(float.IsNegative(special[4]));
        Assert.Throws<KeyNotFoundException>(() => reader.ReadTensor("z"));
    }

    [SkippableTheory]
    [InlineData("foreign/google-tiny-sharded/v1")]
    [InlineData("foreign/google-tiny-sharded/v1/model.ckpt-40")]
    public void The_old_form_is_refused_by_name(string path)
    {
        string message = Assert.Throws<InvalidDataException>(() => TensorBundleReader.Open(ReferenceData.Fixture(path))).Message;
        Assert.Contains("SaverDef.V1", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_old_form_is_recognised_under_the_new_name()
    {
        using TemporaryFolder folder = new();
        File.Copy(ReferenceData.Fixture("foreign/google-tiny-sharded/v1/model.ckpt-40"), folder.File("model.index"));
        string message = Assert.Throws<InvalidDataException>(() => TensorBundleReader.Open(folder.File("model"))).Message;
        Assert.Contains("SaverDef.V1", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.ckpt-7")]
    [InlineData("model.ckpt-7.index")]
    [InlineData("model.ckpt-7.meta")]
    [InlineData("model.ckpt-7.data-00000-of-00001")]
    [InlineData("", "model_checkpoint_path: \"model.ckpt-7\"\nall_model_checkpoint_paths: \"model.ckpt-1\"\n")]
    [InlineData("", "model_checkpoint_path: \"/there/is/no/such/folder/model.ckpt-7\"\n")]
    [InlineData("", "model_checkpoint_path: \"gs://bucket/run/model.ckpt-7\"\n")]
    [InlineData("", "model_checkpoint_path: \"C:\\\\runs\\\\model.ckpt-7\"\n")]
    [InlineData("", null)]
    public void It_is_found_by_any_of_its_names(string name, string? list = null)
    {
        using TemporaryFolder folder = new();
        string prefix = Small().Write(folder.File("model.ckpt-7"));
        if (list is not null) folder.Write("checkpoint", list);
        using TensorBundleReader reader = TensorBundleReader.Open(name.Length == 0 ? folder.FullPath : folder.File(name));
        Assert.Equal(prefix, reader.Prefix);
        Assert.Equal(["a", "b"], reader.Entries.Keys.Order());
    }

    [Fact]
    public void An_absolute_path_in_the_list_is_taken_where_it_exists()
    {
        using TemporaryFolder folder = new(), other = new();
        string there = Small().Write(other.File("model.ckpt-7"));
        Small().Write(folder.File("model.ckpt-7"));
        folder.Write("checkpoint", $"model_checkpoint_path: \"{there.Replace("\\", "\\\\", StringComparison.Ordinal)}\"");
        using TensorBundleReader reader = TensorBundleReader.Open(folder.FullPath);
        Assert.Equal(there, reader.Prefix);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("'checkpoint'", Assert.Throws<FileNotFoundException>(() => TensorBundleReader.Open(folder.FullPath)).Message, StringComparison.Ordinal);
        Assert.Contains("model.ckpt-7.index", Assert.Throws<FileNotFoundException>(() => TensorBundleReader.Open(folder.File("model.ckpt-7"))).Message, StringComparison.Ordinal);
        Small().Write(folder.File("a"));
        Small().Write(folder.File("b"));
        Assert.Contains("several", Assert.Throws<FileNotFoundException>(() => TensorBundleReader.Open(folder.FullPath)).Message, StringComparison.Ordinal);
        File.Delete(folder.File("a.data-00000-of-00001"));
        Assert.Contains("a.data-00000-of-00001", Assert.Throws<FileNotFoundException>(() => TensorBundleReader.Open(folder.File("a"))).Message, StringComparison.Ordinal);
        folder.Write("checkpoint", "hello");
        Assert.Contains("model_checkpoint_path", Assert.Throws<InvalidDataException>(() => TensorBundleReader.Open(folder.FullPath)).Message, StringComparison.Ordinal);
        folder.Write("checkpoint", "model_checkpoint_path: \"b\"");
        using TensorBundleReader reader = TensorBundleReader.Open(folder.FullPath);
        Assert.Equal(folder.File("b"), reader.Prefix);
    }

    [Fact]
    public void Tables_of_many_blocks_and_parts_along_any_axis_are_put_together()
    {
        using TemporaryFolder folder = new();
        using var scope = NewDisposeScope();
        var file = new TensorBundleFile();
        for (int i = 0; i < 300; i++) file.Add($"scope/variable_{i}", i % 5, 3);
        file.AddParts("rows", [5, 2], [(0, 2), (0, -1)], [(2, 0), (0, -1)], [(2, 3), (0, -1)]);
        file.AddParts("columns", [2, 200], [(0, -1), (0, 70)], [(0, -1), (70, 100)], [(0, -1), (170, 30)]);
        file.AddParts("whole", [2, 2], [(0, -1), (0, -1)]);
        using TensorBundleReader reader = TensorBundleReader.Open(file.Write(folder.File("model")));
        Assert.Equal(303, reader.Entries.Count);
        float[] all = new float[file.Data.Length / 4];
        Buffer.BlockCopy(file.Data, 0, all, 0, file.Data.Length);
        int at = 0;
        for (int i = 0; i < 300; i++)
        {
            Tensor read = reader.ReadTensor($"scope/variable_{i}");
            Assert.Equal([i % 5, 3], read.shape);
            if (i % 5 > 0) Assert.Equal(all.AsSpan(at, (int)read.numel()).ToArray(), read.data<float>().ToArray());
            at += (int)read.numel();
        }

        Assert.Equal(all.AsSpan(at, 10).ToArray(), reader.ReadTensor("rows").data<float>().ToArray());
        Tensor[] parts = [.. new[] { (10, 70), (150, 100), (350, 30) }.Select(part => tensor(all.AsSpan(at + part.Item1, 2 * part.Item2).ToArray()).view(2, part.Item2))];
        AssertSameBytes(cat(parts, 1), reader.ReadTensor("columns"), "columns");
        Assert.Equal(all[^4..], reader.ReadTensor("whole").data<float>().ToArray());
        Tensor turned = zeros(200, 2);
        reader.CopyInto("columns", turned, transposed: true);
        AssertSameBytes(cat(parts, 1).t().contiguous(), turned, "columns, transposed");
        Assert.Contains("[200, 2] was expected", Assert.Throws<InvalidDataException>(() => reader.CopyInto("rows", turned, transposed: true)).Message, StringComparison.Ordinal);
        Assert.Equal((1, 3, 3), (reader.Entries["whole"].Parts, reader.Entries["rows"].Parts, reader.Entries["columns"].Parts));
    }

    [Theory]
    [InlineData(0L, "80")]
    [InlineData(-1L, "7f")]
    [InlineData(63L, "bf")]
    [InlineData(-64L, "40")]
    [InlineData(64L, "c040")]
    [InlineData(-65L, "3fbf")]
    [InlineData(400L, "c190")]
    [InlineData(1L << 20, "f0100000")]
    [InlineData(long.MaxValue, "ffc07fffffffffffffff")]
    [InlineData(long.MinValue, "003f8000000000000000")]
    public void Keys_of_parts_are_ordered_code(long start, string expected)
    {
        string key = SliceKey.Of("a\u00ff", [(start, -1)]);
        Assert.Equal("00" + "61ff00" + "0001" + "0101" + expected + "7f", Convert.ToHexStringLower(Encoding.Latin1.GetBytes(key)));
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard() =>
        Assert.Equal(0xe3069283, ~Crc32C.Append(Crc32C.Start, "123456789"u8)); // the check value of CRC-32C

    private static TensorBundleFile Small()
    {
        var file = new TensorBundleFile();
        file.Add("a", 2, 3);
        file.Add("b", 4);
        return file;
    }

    private static void AssertSameBytes(Tensor expected, Tensor actual, string name)
    {
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.bytes.SequenceEqual(actual.bytes), name);
    }
}
