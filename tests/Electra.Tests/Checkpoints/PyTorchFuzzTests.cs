using Electra.Checkpoints;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Whatever a file of torch.save was changed to, reading it ends in tensors or in a clean error, and in no more memory than it has bytes.</summary>
public sealed class PyTorchFuzzTests : IDisposable
{
    private const int DefaultMutations = 4000;

    private readonly string path = Path.Combine(Path.GetTempPath(), $"electra-fuzz-{Guid.NewGuid():N}.bin");

    // The whole number of a full run.
    private static int Mutations => int.TryParse(Environment.GetEnvironmentVariable("ELECTRA_FUZZ_MUTATIONS"), out int count) ? count : DefaultMutations;

    public void Dispose() => File.Delete(path);

    [SkippableTheory]
    [InlineData("bin-shared/zip/zoo.bin", 1)]
    [InlineData("bin-shared/legacy/zoo.bin", 2)]
    [InlineData("bin-evil/00-control-good.bin", 3)]
    [InlineData("bin-evil/00-control-good-legacy.bin", 4)]
    public void Mutated_files_never_fail_with_anything_but_a_data_error(string name, int seed)
    {
        byte[] whole = File.ReadAllBytes(ReferenceData.Fixture("foreign/" + name));
        Random random = new(seed);
        int opened = 0, refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] file = (byte[])whole.Clone();
            for (int changes = random.Next(1, 5); changes > 0; changes--) Change(ref file, random);
            File.WriteAllBytes(path, file);
            try
            {
                ReadAll(file.Length);
                opened++;
            }
            catch (Exception error) when (error is InvalidDataException or IOException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"mutation {i} of {name} (seed {seed}): {error}");
            }
        }

        Assert.True(opened > Mutations / 200 && refused > Mutations / 5, $"{opened} opened, {refused} refused: the mutations no longer reach both ends");
    }

    private static void Change(ref byte[] file, Random random)
    {
        int at = random.Next(file.Length);
        switch (random.Next(6))
        {
            case 0: file[at] = (byte)random.Next(256); break;
            case 1: file[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: file[at] = (byte)"(.)RQbcsu}]qrhjKMJX\x85\x86\x87\x81\x82\x8a\x8b\x93"[random.Next(26)]; break;
            case 3: Array.Resize(ref file, at + 1); break;
            case 4: // a part in another place
                int length = random.Next(1, Math.Min(64, file.Length) + 1), from = random.Next(file.Length - length + 1), to = random.Next(file.Length - length + 1);
                Array.Copy(file, from, file, to, length);
                break;
            default: // a large number
                for (int i = at; i < Math.Min(at + random.Next(1, 9), file.Length); i++) file[i] = 0xFF;
                break;
        }
    }

    private void ReadAll(long length)
    {
        using var scope = NewDisposeScope();
        using PyTorchReader reader = PyTorchReader.Open(path);
        foreach (string name in reader.Names)
        {
            Tensor read = reader.ReadTensor(name);
            Assert.True(read.numel() * read.element_size() <= length);
        }
    }
}
