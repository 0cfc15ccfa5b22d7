namespace Electra.Checkpoints;

/// <summary>The form since PyTorch 1.6: a zip archive with a pickle and one entry a storage.</summary>
internal static class TorchZipFile
{
    private const string Pickle = "/data.pkl";

    public static Dictionary<string, TorchTensor> Read(Stream file, string path)
    {
        InvalidDataException Bad(string fault) => new($"'{path}' is not a usable PyTorch file: {fault}.");
        InvalidDataException Packed(string entry) => Bad($"its entry '{entry}' is packed or encrypted, which PyTorch never does; save it again with torch.save");
        Dictionary<string, ZipDirectory.Entry> entries = ZipDirectory.Read(file, path);
        string[] pickles = [.. entries.Keys.Where(name => name.EndsWith(Pickle, StringComparison.Ordinal))];
        if (pickles is not [string pickle]) throw Bad(pickles.Length == 0 ? "it is a zip archive without a data.pkl" : "it has several data.pkl");
        string root = pickle[..^Pickle.Length];
        if (entries.ContainsKey(root + "/constants.pkl"))
            throw Bad("it is a TorchScript program (torch.jit.save), not a file of weights; save the model's state_dict");
        if (entries.TryGetValue(root + "/byteorder", out ZipDirectory.Entry order) && order.IsPlain && Text(file, order) != "little")
            throw Bad("it was written on a big-endian machine; save it again on a little-endian one");

        void Locate(TorchStorage storage)
        {
            bool plain = storage.Key.Length > 0 && storage.Key.All(char.IsAsciiLetterOrDigit);
            if (!plain || !entries.TryGetValue($"{root}/data/{storage.Key}", out ZipDirectory.Entry entry))
                throw Bad($"storage '{storage.Key[..Math.Min(storage.Key.Length, 40)]}' is not in it");
            if (!entry.IsPlain) throw Packed($"data/{storage.Key}");
            if (entry.Length != storage.ByteCount)
                throw Bad($"storage '{storage.Key}' is said to have {storage.ByteCount} bytes, and has {entry.Length}");
            storage.Position = entry.Position;
        }

        ZipDirectory.Entry data = entries[pickle];
        if (!data.IsPlain) throw Packed("data.pkl");
        if (data.Length > int.MaxValue) throw Bad($"its data.pkl has {data.Length} bytes");
        byte[] bytes = new byte[data.Length];
        file.Position = data.Position;
        file.ReadExactly(bytes);
        var globals = new TorchGlobals(path, file.Length, Locate);
        return StateDictionary.Of(new PickleMachine(new PickleStream(new MemoryStream(bytes), path), globals).Run(), path);
    }

    private static string Text(Stream file, ZipDirectory.Entry entry)
    {
        byte[] text = new byte[Math.Min(entry.Length, 16)];
        file.Position = entry.Position;
        file.ReadExactly(text);
        return System.Text.Encoding.ASCII.GetString(text).Trim();
    }
}
