using System.Text;
using Electra.Checkpoints;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Loading;

/// <summary>Writes files as <c>torch.save</c> did before PyTorch 1.6: five pickles, then the storages.</summary>
internal static class LegacyPickleFile
{
    /// <summary>Writes tensors, one after the other.</summary>
    public static void Write(string path, (string Name, Tensor Tensor)[] tensors)
    {
        using FileStream file = File.Create(path);
        file.Write([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.']); // the magic number
        file.Write([0x80, 2, (byte)'M', 1001 & 255, 1001 >> 8, (byte)'.']); // the version
        file.Write([0x80, 2, (byte)'}', .. Text("little_endian"), 0x88, (byte)'s', (byte)'.']); // the machine
        file.Write(PyTorchWriter.Pickle(tensors, isLegacy: true));
        file.Write([0x80, 2, (byte)']', (byte)'(', .. tensors.SelectMany((_, key) => Text($"{key}")), (byte)'e', (byte)'.']); // keys of the storages
        foreach ((_, Tensor tensor) in tensors)
        {
            file.Write(BitConverter.GetBytes(tensor.numel()));
            TensorMemory.CopyTo(tensor, file);
        }
    }

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];
}
