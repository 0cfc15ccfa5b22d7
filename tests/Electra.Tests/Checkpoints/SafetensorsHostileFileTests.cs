using System.Diagnostics;
using Electra.Checkpoints;
using TorchSharp;

namespace Electra.Tests.Checkpoints;

public sealed class SafetensorsHostileFileTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"electra-hostile-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_file_that_shrinks_while_it_is_open_is_an_error_and_no_crash()
    {
        File.WriteAllBytes(path, SafetensorsFile.Bytes("""{"w":{"dtype":"F32","shape":[100000],"data_offsets":[0,400000]}}""", 400_000));
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        using (Process shorten = Process.Start("truncate", ["--size=4096", path])) shorten.WaitForExit();
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => reader.ReadTensor("w"));
        Assert.Contains("became shorter while it was read", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", 0, "not a JSON object")]
    [InlineData("", 0, "not valid JSON")]
    [InlineData("{", 0, "not valid JSON")]
    [InlineData("{} {}", 0, "not valid JSON")]
    [InlineData("not json", 0, "not valid JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4, "not valid JSON")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{""", 8, "not valid JSON")]
    [InlineData("""{"w":7}""", 0, "'w' is not described by an object")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2]}}""", 8, "'w' needs 'dtype', 'shape' and two 'data_offsets'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "'w' needs")]
    [InlineData("""{"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "repeated or malformed 'dtype'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", 8, "repeated or malformed 'shape'")]
    [InlineData("""{"w":{"dtype":4,"shape":[2],"data_offsets":[0,8]}}""", 8, "repeated or malformed 'dtype'")]
    [InlineData("""{"w":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "'w' has dtype 'F31'")]
    [InlineData("""{"w":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", 8, "'w' has dtype 'f32'")]
    [InlineData("""{"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "'shape' of tensor 'w' is not an array")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "'shape' of tensor 'w' holds something else")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "'shape' of tensor 'w' holds something else")]
    [InlineData("""{"w":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "'shape' of tensor 'w' holds something else")]
    [InlineData("""{"w":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""", 8, "'shape' of tensor 'w' holds")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "'w' of shape")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}""", 4, "'w' of shape")]
    [InlineData("""{"w":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "'w' of shape")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "'data_offsets' of tensor 'w' holds something else")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "'w' begins at byte 8, after its end 0")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "'w' ends at byte 8, beyond the 7 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}""", 8, "'w' ends at byte 9223372036854775807")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "'w', F32 [2], needs 8 bytes but has 4")]
    [InlineData("""{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", 8, "'w', F16 [2], needs 4 bytes but has 8")]
    [InlineData("""{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,8]}}""", 8, "'w', F32 [0], needs 0 bytes but has 8")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes after the last tensor")]
    [InlineData("{}", 3, "3 bytes after the last tensor")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "4 bytes before tensor 'w'")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}""",
        9, "1 bytes before tensor 'b'")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}""",
        7, "'a' and 'b' overlap")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
        4, "'a' and 'b' overlap")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""",
        2, "tensor 'a' twice")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "tensor 'a' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "'__metadata__' twice")]
    [InlineData("""{"__metadata__":"pt"}""", 0, "not an object of strings")]
    [InlineData("""{"__metadata__":{"format":1}}""", 0, "entry 'format' is not a string")]
    [InlineData("""{"__metadata__":{"a":{"b":"c"}}}""", 0, "entry 'a' is not a string")]
    [InlineData("""{"__metadata__":{"a":"b","a":"c"}}""", 0, "'__metadata__' holds 'a' twice")]
    public void A_malformed_header_is_refused_and_the_fault_named(string header, int dataBytes, string fault) =>
        AssertRefused(SafetensorsFile.Bytes(header, dataBytes), fault);

    [Theory]
    [InlineData(3)]
    [InlineData(100_000_000UL)]
    [InlineData(100_000_001UL)]
    [InlineData(long.MaxValue)]
    [InlineData(ulong.MaxValue)]
    public void A_header_longer_than_the_file_is_refused_without_allocating_it(ulong announced) =>
        AssertRefused(SafetensorsFile.Bytes("{}", 0, announced), $"a header of {announced} bytes");

    [Fact]
    public void A_header_over_the_limit_is_refused_even_when_the_file_is_long_enough()
    {
        using (var stream = new FileStream(path, FileMode.CreateNew))
        {
            stream.Write(BitConverter.GetBytes(100_000_001UL));
            stream.SetLength(8 + 100_000_001L + 8); // sparse: costs no disk
        }

        string message = Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path)).Message;
        Assert.Contains("at most 100000000", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void A_file_too_short_for_the_length_field_is_refused(int length) => AssertRefused(new byte[length], $"only {length} bytes");

    [Theory]
    [InlineData(9)]
    [InlineData(100_000)]
    public void Deep_nesting_is_refused_wherever_it_stands(int depth)
    {
        string nest = new string('[', depth) + new string(']', depth);
        AssertRefused(SafetensorsFile.Bytes($$"""{"w":{{nest}}}""", 0), "");
        AssertRefused(SafetensorsFile.Bytes($$$"""{"w":{"shape":{{{nest}}}}}""", 0), "");
        AssertRefused(SafetensorsFile.Bytes($$$"""{"w":{"extra":{{{nest}}}}}""", 0), "not valid JSON");
        AssertRefused(SafetensorsFile.Bytes($$$"""{"__metadata__":{"extra":{{{nest}}}}}""", 0), "");
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() =>
        AssertRefused(SafetensorsFile.Bytes([.. "{\""u8, 0xFF, 0xC0, .. "\":{}}"u8], 0), "not UTF-8");

    [Fact]
    public void A_message_stays_short_however_long_the_names_and_shapes_are()
    {
        string name = new('n', 1_000_000);
        string shape = string.Join(",", Enumerable.Repeat(1, 100_000));
        AssertRefused(SafetensorsFile.Bytes($$"""{"{{name}}":7}""", 0), "nnn...");
        AssertRefused(SafetensorsFile.Bytes($$$"""{"w":{"dtype":"F32","shape":[{{{shape}}}],"data_offsets":[0,3]}}""", 3), "F32 [1, 1, ");
    }

    [Fact]
    public void Booleans_other_than_0_and_1_are_refused_when_read()
    {
        byte[] file = SafetensorsFile.Bytes("""{"flags":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}""", 3);
        file[^1] = 2;
        File.WriteAllBytes(path, file);
        using var reader = SafetensorsReader.Open(path);
        Assert.Contains("'flags'", Assert.Throws<InvalidDataException>(() => reader.ReadTensor("flags")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_unknown_fields_scalars_empty_tensors_and_absent_metadata_are_fine()
    {
        const string Header = """
            {"b":{"dtype":"U8","shape":[0,3],"data_offsets":[2,2]},"s":{"note":[1,{}],"dtype":"I16","shape":[],"data_offsets":[0,2]},
             "last":{"dtype":"F32","shape":[1,1],"data_offsets":[2,6]}}      
            """;
        File.WriteAllBytes(path, SafetensorsFile.Bytes(Header, 6));
        using var scope = torch.NewDisposeScope();
        using var reader = SafetensorsReader.Open(path);
        Assert.Empty(reader.Metadata);
        Assert.Equal([0, 3], reader.ReadTensor("b").shape);
        Assert.Equal(0, reader.ReadTensor("s").item<short>());
        Assert.Equal([1, 1], reader.ReadTensor("last").shape);
    }

    [Fact]
    public void An_absent_file_is_reported_as_such() => Assert.Throws<FileNotFoundException>(() => SafetensorsReader.Open(path));

    private void AssertRefused(byte[] file, string fault)
    {
        File.WriteAllBytes(path, file);
        string message = Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path)).Message;
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 1000);
    }
}
