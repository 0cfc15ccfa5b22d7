using System.Buffers.Binary;
using System.Text;
using Electra.Checkpoints;
using Electra.Tests.Fuzzing;
using Electra.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Whatever is in a file or in an index of files, reading it ends in tensors or in a clean error.</summary>
[Trait("Category", "Fuzz")]
public sealed class SafetensorsFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const string Header = """
        {"__metadata__":{"format":"pt"},"a.w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
        "b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},
        "c":{"dtype":"BOOL","shape":[5],"data_offsets":[32,37]},"d":{"dtype":"I64","shape":[],"data_offsets":[37,45]}}
        """;

    private const string Index = """{"metadata":{"total_size":48},"weight_map":{"a.w":"one.safetensors","b":"one.safetensors","e":"two.safetensors"}}""";

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"w\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "\"F32\"", "\"BOOL\"",
        "0", "1", "4", "8", "-1", "1e3", "9223372036854775807", "null", "true", "\"\\ud800\"", " ",
        "\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Mutated_files_never_fail_with_anything_but_a_data_error()
    {
        var mutator = new Mutator(Pieces);
        byte[] whole = SafetensorsFile.Bytes(Encoding.UTF8.GetBytes(Header), dataBytes: 45);
        int header = 8 + Header.Length;
        FuzzRun.Over("safetensors", output, random =>
        {
            // Most go where the danger is. With the length set right what is behind it is reached.
            byte[] file = mutator.Mutate(whole, random, end: random.Next(6) == 0 ? null : header);
            int added = file.Length - whole.Length;
            if (random.Next(3) > 0 && file.Length > header) BinaryPrimitives.WriteInt64LittleEndian(file, header - 8 + added);
            Read(file);
        });
    }

    [Fact]
    public void Headers_put_together_from_pieces_of_json_never_fail_with_anything_but_a_data_error() =>
        FuzzRun.Over("safetensors, pieces of JSON", output, random =>
        {
            IEnumerable<string> pieces = Enumerable.Range(0, random.Next(8)).Select(_ => Pieces[random.Next(Pieces.Length)]);
            bool isNear = random.Next(2) == 0; // one entry that is right, and something after it
            Read(SafetensorsFile.Bytes($"{{{(isNear ? Pieces[^1] : "")}{string.Concat(pieces)}{(isNear ? "}" : "")}", dataBytes: 4));
        });

    [Fact]
    public void Mutated_indexes_never_fail_with_anything_but_a_data_error()
    {
        var mutator = new Mutator("{", "}", "\"", ":", ",", "null", "[", "1", "..", "/", "\\u0000", "a.w", "one.safetensors", "two.safetensors", "\"weight_map\"");
        File.WriteAllBytes(_folder.File("one.safetensors"), SafetensorsFile.Bytes(Encoding.UTF8.GetBytes(Header), dataBytes: 45));
        File.WriteAllBytes(_folder.File("two.safetensors"), SafetensorsFile.Bytes("{\"e\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", dataBytes: 4));
        byte[] whole = Encoding.UTF8.GetBytes(Index);
        FuzzRun.Over("model.safetensors.index.json", output, random =>
        {
            File.WriteAllBytes(_folder.File("model.safetensors.index.json"), mutator.Mutate(whole, random));
            using PretrainedWeights weights = PretrainedWeights.Open(_folder.FullPath);
            foreach (string name in weights.Names) Assert.NotEmpty(weights.Describe(name));
        });
    }

    private void Read(byte[] file)
    {
        string path = _folder.File("a.safetensors");
        File.WriteAllBytes(path, file);
        using var scope = NewDisposeScope();
        using var reader = SafetensorsReader.Open(path);
        foreach ((string name, SafetensorsEntry entry) in reader.Entries)
        {
            Tensor read = reader.ReadTensor(name);
            Assert.Equal(entry.ByteCount, read.numel() * read.element_size());
        }
    }
}
