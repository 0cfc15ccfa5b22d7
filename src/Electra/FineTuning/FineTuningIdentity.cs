using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Electra.Checkpoints;

namespace Electra.FineTuning;

/// <summary>What a run is of: a resumed one must be of the same.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Examples">A digest over the training examples as tokens, types and targets.</param>
/// <param name="Encoder">A digest over the encoder's weights.</param>
internal sealed record FineTuningIdentity(string Task, string Labels, string Examples, string Encoder)
{
    /// <summary>Reads weights and examples.</summary>
    public static FineTuningIdentity Of(FineTuningTask task, EncodedTask data, string encoderFolder) => new(
        task.Identity, string.Join('\n', task.Labels), Digest(data.Training), Digest(encoderFolder));

    /// <summary>What a checkpoint holds.</summary>
    public JsonObject ToJson() => new() { ["task"] = Task, ["labels"] = Labels, ["examples"] = Examples, ["encoder"] = Encoder };

    private static string Digest(IReadOnlyList<EncodedExample> examples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (EncodedExample example in examples)
        {
            foreach (Inference.TokenSequence sequence in example.Sequences)
            {
                Add(hash, sequence.Length, bytes);
                Add(hash, sequence.SecondFrom, bytes);
                foreach (int id in sequence.Ids) Add(hash, id, bytes);
            }

            foreach (long label in example.Classes) Add(hash, label, bytes);
            foreach (float value in example.Values) Add(hash, BitConverter.SingleToInt32Bits(value), bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, long value, Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }

    private static string Digest(string encoderFolder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] files = Directory.GetFiles(encoderFolder, "*.safetensors");
        if (files.Length == 0) files = [.. PretrainedWeights.FilesOf(encoderFolder).Select(name => Path.Combine(encoderFolder, name))];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            using FileStream stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
