namespace Electra.Checkpoints;

/// <summary>The form before PyTorch 1.6: a magic number, a version, a description of the machine, the object, the storages' keys as five pickles; then the storages.</summary>
internal static class TorchLegacyFile
{
    private const long Version = 1001;

    // 0x1950a86a20f9469cfc6c, as a pickle has it.
    private static readonly byte[] Magic = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    public static Dictionary<string, TorchTensor> Read(Stream file, string path)
    {
        file.Position = 0;
        var bytes = new PickleStream(file, path);
        var globals = new TorchGlobals(path, file.Length, static _ => { });
        object? Next() => new PickleMachine(bytes, globals).Run();

        if (Next() is not PickleBytes { Value: var magic } || !magic.AsSpan().SequenceEqual(Magic))
            throw bytes.Bad("it is a Python pickle, but none that torch.save wrote");
        if (Next() is not Version) throw bytes.Bad("it has a version that is not known here");
        if (Next() is not PickleDictionary machine) throw bytes.Bad("the description of its machine is missing");
        if (machine.Entries.Exists(entry => entry is { Key: "little_endian", Value: false }))
            throw bytes.Bad("it was written on a big-endian machine; save it again on a little-endian one");
        object? root = Next();
        if (Next() is not PickleList { Items: var keys }) throw bytes.Bad("the list of its storages is missing");
        foreach (object? key in keys) Locate(key, globals, bytes, file);
        if (globals.Storages.Values.FirstOrDefault(storage => storage.Position < 0) is { } lost)
            throw bytes.Bad($"storage '{lost.Key}' is not in it");
        return StateDictionary.Of(root, path);
    }

    private static void Locate(object? key, TorchGlobals globals, PickleStream bytes, Stream file)
    {
        if (key is not string name || !globals.Storages.TryGetValue(name, out TorchStorage? storage)) throw bytes.Bad("it has a storage that nothing uses");
        long count = bytes.Int64();
        if (count != storage.Count) throw bytes.Bad($"storage '{name}' is said to have {storage.Count} elements, and has {count}");
        if (storage.ByteCount > bytes.Left) throw bytes.CutShort();
        storage.Position = bytes.Position;
        file.Position += storage.ByteCount;
    }
}
