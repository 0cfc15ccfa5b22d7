using Electra.Checkpoints;
using Electra.Tests.Fuzzing;
using Electra.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>Whatever a file of torch.save was changed to, reading it ends in tensors or in a clean error, and in no more memory than it has bytes.</summary>
[Trait("Category", "Fuzz")]
public sealed class PyTorchFuzzTests(ITestOutputHelper output) : IDisposable
{
    // Instructions of pickles, and what archives are made of.
    private static readonly Mutator Mutator = new(
        [.. "(.)RQbcsu}]qrhjKMJX\x85\x86\x87\x81\x82\x8a\x8b\x93".Select(c => c.ToString()), "PK\x01\x02", "PK\x03\x04", "PK\x05\x06", "ctorch\nFloatStorage\n", "\x80\x02"]);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"electra-fuzz-{Guid.NewGuid():N}.bin");

    public void Dispose() => File.Delete(_path);

    [SkippableTheory]
    [InlineData("bin-shared/zip/zoo.bin", "pytorch_model.bin, zip, every type")]
    [InlineData("bin-shared/legacy/zoo.bin", "pytorch_model.bin, before 1.6, every type")]
    [InlineData("bin-evil/00-control-good.bin", "pytorch_model.bin, zip")]
    [InlineData("bin-evil/00-control-good-legacy.bin", "pytorch_model.bin, before 1.6")]
    public void Mutated_files_never_fail_with_anything_but_a_data_error(string name, string reader)
    {
        byte[] whole = File.ReadAllBytes(ReferenceData.Fixture("foreign/" + name));
        FuzzRun.Over(reader, output, random =>
        {
            byte[] file = Mutator.Mutate(whole, random);
            File.WriteAllBytes(_path, file);
            ReadAll(file.Length);
        });
    }

    private void ReadAll(long length)
    {
        using var scope = NewDisposeScope();
        using PyTorchReader reader = PyTorchReader.Open(_path);
        foreach (string name in reader.Names)
        {
            Tensor read = reader.ReadTensor(name);
            Assert.True(read.numel() * read.element_size() <= length);
        }
    }
}
