using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Electra.Checkpoints;
using Electra.Files;
using Electra.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

public sealed class SafetensorsRoundTripTests : IDisposable
{
    private static readonly ScalarType[] AllTypes =
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32,
        ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("electra-safetensors-").FullName;
    private readonly DisposeScope scope = NewDisposeScope();

    private string FilePath => Path.Combine(folder, "model.safetensors");

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Every_dtype_comes_back_bit_for_bit_on_random_shapes()
    {
        Gen<ScalarType> type = Gen.OneOf(AllTypes.Select(type => Gen.Const(type)).ToArray());
        Gen<(ScalarType Type, long[] Shape)> tensor = Gen.Select(type, Gen.Long[0, 5].Array[0, 4]);
        tensor.Array[0, 8].Sample(
            plan =>
            {
                using var inner = NewDisposeScope();
                (string Name, Tensor Tensor)[] written = [.. plan.Select((item, i) => ($"layer.{i}", Random(item.Type, item.Shape, i)))];
                SafetensorsWriter.Write(FilePath, written);
                using var reader = SafetensorsReader.Open(FilePath);
                Assert.Equal(written.Select(item => item.Name).Order(), reader.Entries.Keys.Order());
                foreach ((string name, Tensor expected) in written) AssertSame(expected, reader.ReadTensor(name));
            },
            iter: 150, threads: 1);
    }

    [Fact]
    public void The_file_has_the_layout_that_other_readers_expect()
    {
        SafetensorsWriter.Write(FilePath, [("half", zeros(3, dtype: ScalarType.Float16)), ("wide", tensor(new[] { 1f, 2f }))]);
        byte[] bytes = File.ReadAllBytes(FilePath);
        long header = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, header % 8);
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"wide":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"""
            + "\"half\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[8,14]}}",
            Encoding.UTF8.GetString(bytes, 8, (int)header).TrimEnd(' '));
        Assert.Equal(8 + header + 14, bytes.Length);
        Assert.Equal(2f, BitConverter.ToSingle(bytes, 8 + (int)header + 4));
    }

    [Fact]
    public void Metadata_is_kept_and_may_be_absent()
    {
        SafetensorsWriter.Write(FilePath, [("x", zeros(1))], new Dictionary<string, string> { ["clé"] = "\"välue\"\n" });
        using (var reader = SafetensorsReader.Open(FilePath)) Assert.Equal("\"välue\"\n", reader.Metadata["clé"]);
        SafetensorsWriter.Write(FilePath, [("x", zeros(1))], new Dictionary<string, string>());
        using (var reader = SafetensorsReader.Open(FilePath)) Assert.Empty(reader.Metadata);
    }

    [Fact]
    public void Overwriting_a_longer_file_leaves_nothing_of_it()
    {
        SafetensorsWriter.Write(FilePath, [("long", zeros(10_000))]);
        SafetensorsWriter.Write(FilePath, [("short", ones(2))]);
        Assert.True(new FileInfo(FilePath).Length < 200);
        using var reader = SafetensorsReader.Open(FilePath);
        Assert.Equal(["short"], reader.Entries.Keys);
        Assert.Equal([FilePath], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_failing_write_keeps_the_old_file_and_leaves_no_temporary_one()
    {
        SafetensorsWriter.Write(FilePath, [("kept", ones(2))]);
        Assert.Throws<IOException>(() => FileSync.ReplaceFile(FilePath, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("disk full");
        }));
        using var reader = SafetensorsReader.Open(FilePath);
        Assert.Equal(["kept"], reader.Entries.Keys);
        Assert.Equal([FilePath], Directory.GetFiles(folder));
    }

    [Fact]
    public void Transposed_and_trained_tensors_are_written_as_they_look()
    {
        Tensor parameter = rand(3, 5, requires_grad: true);
        SafetensorsWriter.Write(FilePath, [("t", parameter.transpose(0, 1)), ("slice", parameter.select(1, 2))]);
        using var reader = SafetensorsReader.Open(FilePath);
        AssertSame(parameter.detach().transpose(0, 1).contiguous(), reader.ReadTensor("t"));
        AssertSame(parameter.detach().select(1, 2).contiguous(), reader.ReadTensor("slice"));
    }

    [Fact]
    public void Names_must_be_unique_and_not_reserved_and_dtypes_known()
    {
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(FilePath, [("x", zeros(1)), ("x", ones(1))]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(FilePath, [("__metadata__", zeros(1))]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(FilePath, [("x", zeros(1, dtype: ScalarType.ComplexFloat32))]));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void CopyInto_converts_floating_types_in_place_even_into_strided_parameters(ScalarType stored)
    {
        Tensor source = rand(4, 6).to(stored);
        SafetensorsWriter.Write(FilePath, [("w", source)]);
        using var reader = SafetensorsReader.Open(FilePath);
        Tensor direct = zeros(4, 6, requires_grad: true);
        Tensor strided = zeros(6, 4).transpose(0, 1);
        reader.CopyInto("w", direct);
        reader.CopyInto("w", strided);
        AssertSame(source.to(ScalarType.Float32), direct.detach());
        AssertSame(source.to(ScalarType.Float32), strided.contiguous());
        Assert.True(direct.requires_grad && direct.is_leaf);
    }

    [Fact]
    public void CopyInto_refuses_another_shape_or_a_lossy_type_and_names_both()
    {
        SafetensorsWriter.Write(FilePath, [("w", zeros(2, 3)), ("ids", zeros(2, dtype: ScalarType.Int64))]);
        using var reader = SafetensorsReader.Open(FilePath);
        string shape = Assert.Throws<InvalidDataException>(() => reader.CopyInto("w", zeros(3, 2))).Message;
        Assert.Contains("'w'", shape, StringComparison.Ordinal);
        Assert.Contains("F32 [2, 3]", shape, StringComparison.Ordinal);
        Assert.Contains("[3, 2]", shape, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => reader.CopyInto("ids", zeros(2)));
        Assert.Throws<KeyNotFoundException>(() => reader.CopyInto("absent", zeros(2)));
    }

    [Fact]
    public void Tensors_outlive_the_reader_and_a_closed_reader_says_so()
    {
        SafetensorsWriter.Write(FilePath, [("x", full(3, 7f))]);
        var reader = SafetensorsReader.Open(FilePath);
        Tensor read = reader.ReadTensor("x");
        reader.Dispose();
        reader.Dispose();
        Assert.Equal(21f, read.sum().item<float>());
        Assert.Throws<ObjectDisposedException>(() => reader.ReadTensor("x"));
    }

    [Fact]
    public void The_file_may_be_replaced_while_it_is_open()
    {
        SafetensorsWriter.Write(FilePath, [("x", full(3, 7f))]);
        using var reader = SafetensorsReader.Open(FilePath);
        SafetensorsWriter.Write(FilePath, [("x", full(3, 8f))]);
        Assert.Equal(21f, reader.ReadTensor("x").sum().item<float>());
    }

    [SkippableFact]
    public void Every_reference_file_is_read_and_rewritten_with_the_same_content()
    {
        string fixtures = Path.GetDirectoryName(ReferenceData.Fixture("tiny-a"))!;
        string[] files = Directory.GetFiles(fixtures, "*.safetensors", SearchOption.AllDirectories);
        Assert.True(files.Length > 10, $"only {files.Length} files below {fixtures}");
        foreach (string file in files)
        {
            using var inner = NewDisposeScope();
            using var reader = SafetensorsReader.Open(file);
            SafetensorsWriter.Write(FilePath, reader.Entries.Keys.Select(name => (name, reader.ReadTensor(name))), reader.Metadata);
            using var again = SafetensorsReader.Open(FilePath);
            Assert.Equal(reader.Metadata, again.Metadata);
            foreach (string name in reader.Entries.Keys)
            {
                AssertSame(reader.ReadTensor(name), again.ReadTensor(name));
                bool hasAnything = Path.GetFileName(file) == "zoo.safetensors"; // NaN and infinities among it
                Assert.True(hasAnything || reader.ReadTensor(name).to(ScalarType.Float64).isfinite().all().item<bool>(), $"{file}: {name}");
            }
        }
    }

    [SkippableFact]
    public void Half_precision_and_legacy_reference_layouts_are_understood()
    {
        using var half = SafetensorsReader.Open(ReferenceData.Fixture("tiny-a/layout-pretraining-f16/model.safetensors"));
        using var brain = SafetensorsReader.Open(ReferenceData.Fixture("tiny-a/layout-pretraining-bf16/model.safetensors"));
        using var legacy = SafetensorsReader.Open(ReferenceData.Fixture("tiny-a/layout-maskedlm-legacy/model.safetensors"));
        Assert.All(half.Entries.Values, entry => Assert.Equal(ScalarType.Float16, entry.DType));
        Assert.All(brain.Entries.Values, entry => Assert.Equal(ScalarType.BFloat16, entry.DType));
        Assert.Contains(legacy.Entries.Values, entry => entry.DType == ScalarType.Int64);
        Assert.Empty(legacy.Metadata);

        // Normalisation weights are near 1 in these models, so a wrong element type or offset would show.
        string norm = half.Entries.Keys.First(name => name.EndsWith("embeddings.LayerNorm.weight", StringComparison.Ordinal));
        Tensor a = half.ReadTensor(norm).to(ScalarType.Float32);
        Tensor b = brain.ReadTensor(norm).to(ScalarType.Float32);
        Assert.True((a - b).abs().max().item<float>() < 0.02f * a.abs().max().item<float>());
    }

    private static Tensor Random(ScalarType type, long[] shape, int seed)
    {
        using var generator = new Generator((ulong)seed);
        return (rand(shape, generator: generator) * 200 - 100).to(type == ScalarType.Byte ? ScalarType.Int16 : type).to(type);
    }

    private static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.bytes.SequenceEqual(actual.bytes));
    }
}
