using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Electra.Checkpoints;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Whatever is in a file, reading it ends in tensors or in a clean error.</summary>
public sealed class SafetensorsFuzzTests : IDisposable
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"w\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "\"F32\"", "\"BOOL\"",
        "0", "1", "4", "8", "-1", "1e3", "9223372036854775807", "null", "true", "\"\\ud800\"", " ",
        "\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}",
    ];

    private readonly string path = Path.Combine(Path.GetTempPath(), $"electra-fuzz-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Mutated_files_never_fail_with_anything_but_a_data_error()
    {
        byte[] whole = ValidFile();
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);

        // Most mutations hit the header, where the danger is; a twelfth of them its length field.
        Gen<(int Position, byte Value)> change = Gen.Select(
            Gen.Frequency((1, Gen.Int[0, 7]), (9, Gen.Int[8, header - 1]), (2, Gen.Int[header, whole.Length - 1])),
            Gen.Frequency((1, Gen.Byte), (2, Gen.Char["0123456789{}[],:\"-e"].Select(c => (byte)c))));
        int opened = 0, refused = 0;
        Gen.Select(change.Array[1, 4], Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[-whole.Length, 40]))).Sample(
            (changes, growth) =>
            {
                byte[] file = (byte[])whole.Clone();
                foreach ((int position, byte value) in changes) file[position] = value;
                Array.Resize(ref file, file.Length + growth);
                if (ReadsCleanly(file)) opened++;
                else refused++;
            },
            iter: 1500, threads: 1);
        Assert.True(opened > 20 && refused > 500, $"{opened} opened, {refused} refused: the mutations no longer reach both ends");
    }

    [Fact]
    public void Headers_put_together_from_pieces_of_json_never_fail_with_anything_but_a_data_error() =>
        Gen.OneOf(Pieces.Select(piece => Gen.Const(piece)).ToArray()).Array[0, 30].Sample(
            pieces => { ReadsCleanly(SafetensorsFile.Bytes("{" + string.Concat(pieces), dataBytes: 4)); },
            iter: 600, threads: 1);

    private static byte[] ValidFile()
    {
        const string Header = """
            {"__metadata__":{"format":"pt"},"a.w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
            "b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},
            "c":{"dtype":"BOOL","shape":[5],"data_offsets":[32,37]},"d":{"dtype":"I64","shape":[],"data_offsets":[37,45]}}
            """;
        return SafetensorsFile.Bytes(Encoding.UTF8.GetBytes(Header), dataBytes: 45);
    }

    private bool ReadsCleanly(byte[] file)
    {
        File.WriteAllBytes(path, file);
        using var scope = NewDisposeScope();
        try
        {
            using var reader = SafetensorsReader.Open(path);
            foreach ((string name, SafetensorsEntry entry) in reader.Entries)
            {
                Tensor read = reader.ReadTensor(name);
                Assert.Equal(entry.ByteCount, read.numel() * read.element_size());
            }

            return true;
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            return false;
        }
    }
}
