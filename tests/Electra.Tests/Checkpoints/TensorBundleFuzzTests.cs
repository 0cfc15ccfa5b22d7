using System.Text;
using Electra.Checkpoints;
using Electra.Tests.Fuzzing;
using Electra.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Whatever a checkpoint of TensorFlow was changed to, reading it ends in tensors or in a clean error, and in no more memory than it has bytes.</summary>
[Trait("Category", "Fuzz")]
public sealed class TensorBundleFuzzTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Mutated_files_never_fail_with_anything_but_a_data_error()
    {
        byte[] whole = Mixed().Index();
        FuzzRun.Over("tensor bundle", output, random =>
        {
            bool isRepaired = random.Next(4) != 0; // with right checksums, so that what is behind them is reached
            byte[] index = isRepaired ? Harmed(random) : Mutated((byte[])whole.Clone(), random);
            if (random.Next(20) == 1) ReadFiles(index, random);
            else Parse(index);
        });
    }

    [Fact]
    public void Mutated_lists_of_checkpoints_never_fail_with_anything_but_a_data_error()
    {
        var mutator = new Mutator("\"", "'", ":", "\\", "/", "..", "\n", "model_checkpoint_path", "model", " ");
        byte[] whole = Encoding.UTF8.GetBytes("model_checkpoint_path: \"model\"\nall_model_checkpoint_paths: \"model\"\n");
        Mixed().Write(_folder.File("model"));
        FuzzRun.Over("checkpoint, the list", output, random =>
        {
            File.WriteAllBytes(_folder.File("checkpoint"), mutator.Mutate(whole, random));
            Assert.Equal(_folder.File("model"), Path.GetFullPath(BundlePath.Prefix(_folder.FullPath)));
        });
    }

    private static byte[] Harmed(Random random)
    {
        TensorBundleFile file = Mixed();
        int blocks = random.Next(1, 3), at = random.Next(0, 4), call = 0;
        file.Harm = block => call++ >= at && call <= at + blocks ? Mutated(block, random) : block;
        return file.Index();
    }

    private static byte[] Mutated(byte[] bytes, Random random)
    {
        byte[] values = [0, 1, 2, 4, 7, 0x0a, 0x12, 0x7f, 0x80, 0xfe, 0xff];
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int place = random.Next(bytes.Length);
            if (random.Next(12) == 0) bytes = bytes[..place];
            else if (random.Next(8) == 0) bytes = [.. bytes[..place], .. Enumerable.Repeat((byte)0xff, random.Next(1, 10)), .. bytes[place..]];
            else if (random.Next(2) == 0) bytes[place] = values[random.Next(values.Length)];
            else bytes[place] ^= (byte)(1 << random.Next(8));
            if (bytes.Length == 0) break;
        }

        return bytes;
    }

    private static TensorBundleFile Mixed()
    {
        var file = new TensorBundleFile();
        for (int i = 0; i < 14; i++) file.Add($"electra/layer_{i}/kernel", i % 4, 3);
        file.AddParts("rows", [5, 2], [(0, 2), (0, -1)], [(2, 3), (0, -1)]);
        file.AddParts("columns", [2, 7], [(0, -1), (0, 3)], [(0, -1), (3, 4)]);
        file.Add("flags", 10, [3], [0, 1, 1]);
        file.Add("half", 19, [2], [0, 1, 2, 3]);
        file.Add("words", 7, [1], [3, 1, 2, 3, 4, 5, 6, 7]);
        return file;
    }

    private static readonly byte[] MixedData = Mixed().Data;

    private static void Parse(byte[] index)
    {
        BundleIndex parsed = BundleIndex.Parse(index, "x");
        if (parsed.Shards > 3) throw new FileNotFoundException("as a reader finds when it looks for so many data files");
        parsed.RequireWithin([.. Enumerable.Repeat((long)MixedData.Length, parsed.Shards)]);
        foreach (BundleVariable variable in parsed.Variables().Values) Assert.True(variable.Parts.Sum(part => part.Size) <= MixedData.Length);
    }

    private void ReadFiles(byte[] index, Random random)
    {
        File.WriteAllBytes(_folder.File("fuzz.index"), index);
        byte[] data = (byte[])MixedData.Clone();
        if (random.Next(4) == 0) data = Mutated(data, random);
        File.WriteAllBytes(_folder.File("fuzz.data-00000-of-00001"), data);
        using var scope = NewDisposeScope();
        using TensorBundleReader reader = TensorBundleReader.Open(_folder.File("fuzz"));
        foreach ((string name, TensorBundleEntry entry) in reader.Entries.Where(pair => pair.Value.DType is not null))
        {
            Tensor read = reader.ReadTensor(name);
            Assert.Equal(entry.ByteCount, read.numel() * read.element_size());
        }
    }
}
