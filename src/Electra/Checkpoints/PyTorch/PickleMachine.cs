namespace Electra.Checkpoints;

/// <summary>
/// Reads a Python pickle into plain values, and into what <paramref name="globals"/> makes of the few names it knows. A pickle is a
/// program that may call anything; here nothing is looked up, made or called but by that list, and every other name is refused.
/// </summary>
/// <param name="bytes">The pickle, protocol 2 to 5.</param>
/// <param name="globals">The names that may be called, and the storages of tensors.</param>
/// <remarks>Each instruction makes one value of fixed size or of bytes that are in the file, so memory stays in proportion to the file.</remarks>
internal sealed class PickleMachine(PickleStream bytes, ITorchGlobals globals)
{
    private const int NewestProtocol = 5;

    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];

    /// <summary>Runs the pickle to its end and returns what it leaves.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or asks for something that is not done here; says which.</exception>
    public object? Run()
    {
        while (true)
        {
            byte code = bytes.Byte();
            if (code == '.') return Pop();
            if (!Constant(code) && !Container(code) && !Memory(code)) Object(code);
        }
    }

    private bool Constant(byte code)
    {
        switch (code)
        {
            case 0x80: RequireProtocol(bytes.Byte()); break;
            case 0x95: bytes.Int64(); break; // a frame's length: only of use to who reads ahead
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'J': Push((long)bytes.Int32()); break;
            case (byte)'K': Push((long)bytes.Byte()); break;
            case (byte)'M': Push((long)bytes.UInt16()); break;
            case 0x8a: Push(Number(bytes.Bytes(bytes.Byte()))); break;
            case 0x8b: Push(Number(bytes.Bytes(bytes.Int32()))); break;
            case (byte)'G': Push(bytes.BigEndianDouble()); break;
            case (byte)'X': Push(bytes.Utf8((uint)bytes.Int32())); break;
            case 0x8c: Push(bytes.Utf8(bytes.Byte())); break;
            case 0x8d: Push(bytes.Utf8(bytes.Int64())); break;
            case (byte)'U': Push(bytes.Utf8(bytes.Byte())); break; // Python 2's text
            case (byte)'T': Push(bytes.Utf8((uint)bytes.Int32())); break;
            case (byte)'C': Push(new PickleBytes(bytes.Bytes(bytes.Byte()))); break;
            case (byte)'B': Push(new PickleBytes(bytes.Bytes((uint)bytes.Int32()))); break;
            case 0x8e: Push(new PickleBytes(bytes.Bytes(bytes.Int64()))); break;
            default: return false;
        }

        return true;
    }

    private bool Container(byte code)
    {
        switch (code)
        {
            case (byte)'(': Push(PickleMark.Instance); break;
            case (byte)')': Push(new PickleTuple([])); break;
            case 0x85: PushTuple(1); break;
            case 0x86: PushTuple(2); break;
            case 0x87: PushTuple(3); break;
            case (byte)'t': Push(new PickleTuple(PopToMark())); break;
            case (byte)']': case 0x8f: Push(new PickleList([])); break;
            case (byte)'l': case 0x91: Push(new PickleList([.. PopToMark()])); break;
            case (byte)'a': Append([Pop()]); break;
            case (byte)'e': case 0x90: Append(PopToMark()); break;
            case (byte)'}': Push(new PickleDictionary([])); break;
            case (byte)'d': { object?[] items = PopToMark(); Push(new PickleDictionary([])); Set(items); break; }
            case (byte)'s': { object? value = Pop(); Set([Pop(), value]); break; }
            case (byte)'u': Set(PopToMark()); break;
            default: return false;
        }

        return true;
    }

    private bool Memory(byte code)
    {
        switch (code)
        {
            case (byte)'q': _memo[bytes.Byte()] = Top(); break;
            case (byte)'r': _memo[(uint)bytes.Int32()] = Top(); break;
            case 0x94: _memo[(uint)_memo.Count] = Top(); break;
            case (byte)'h': Push(Remembered(bytes.Byte())); break;
            case (byte)'j': Push(Remembered((uint)bytes.Int32())); break;
            case (byte)'0': PopAny(); break;
            case (byte)'1': PopToMark(); break;
            case (byte)'2': Push(Top()); break;
            default: return false;
        }

        return true;
    }

    private void Object(byte code)
    {
        switch (code)
        {
            case (byte)'c': Push(new PickleGlobal(bytes.Line(), bytes.Line())); break;
            case 0x93:
                if (Pop() is not string name || Pop() is not string module) throw bytes.Bad("the name of a class is no text");
                Push(new PickleGlobal(module, name));
                break;
            case (byte)'R': { object? arguments = Pop(); Push(Called(Pop(), arguments)); break; }
            case (byte)'Q': Push(globals.Storage(Pop())); break;
            case (byte)'b': Build(Pop()); break;
            case 0x81: case 0x92: case (byte)'o': throw Refused(code is (byte)'o' ? PopToMark().FirstOrDefault() : ClassBelow(code == 0x92 ? 2 : 1));
            case (byte)'i': throw Refused(new PickleGlobal(bytes.Line(), bytes.Line()));
            case 0x82: case 0x83: case 0x84: throw bytes.Bad("it uses a class by an extension's number, which is not done here");
            default: throw bytes.Bad($"byte 0x{code:X2} at {bytes.Position - 1} is no instruction of a pickle that PyTorch writes");
        }
    }

    private void RequireProtocol(byte protocol)
    {
        if (protocol > NewestProtocol) throw bytes.Bad($"it is a pickle of protocol {protocol}; {NewestProtocol} is the newest that is read here");
    }

    private object? Called(object? callable, object? arguments)
    {
        if (callable is not PickleGlobal global) throw bytes.Bad("it calls something that is no function");
        if (arguments is not PickleTuple tuple) throw bytes.Bad($"it calls {global} without a list of arguments");
        return globals.Call(global, tuple.Items);
    }

    // The state of a dictionary with attributes (PyTorch's `_metadata`) is of no use; nothing else may be given attributes.
    private void Build(object? state)
    {
        if (Top() is not PickleDictionary || state is not PickleDictionary)
            throw bytes.Bad("it sets attributes of an object, which is done here for dictionaries alone");
    }

    private object? ClassBelow(int arguments)
    {
        for (int i = 0; i < arguments; i++) Pop();
        return Pop();
    }

    private InvalidDataException Refused(object? made) =>
        made is PickleGlobal global ? globals.Refused(global) : bytes.Bad("it makes an object of no named class");

    private static object Number(byte[] littleEndian)
    {
        if (littleEndian.Length > sizeof(long)) return new PickleBytes(littleEndian);
        long value = 0;
        for (int i = littleEndian.Length - 1; i >= 0; i--) value = (value << 8) | littleEndian[i];
        int unused = 64 - (8 * littleEndian.Length);
        return unused == 64 ? 0L : (value << unused) >> unused; // the sign
    }

    private void PushTuple(int count)
    {
        object?[] items = new object?[count];
        for (int i = count - 1; i >= 0; i--) items[i] = Pop();
        Push(new PickleTuple(items));
    }

    private void Append(object?[] items)
    {
        if (Top() is not PickleList list) throw bytes.Bad("it appends to something that is no list");
        list.Items.AddRange(items);
    }

    private void Set(object?[] keysAndValues)
    {
        if (Top() is not PickleDictionary dictionary || keysAndValues.Length % 2 != 0)
            throw bytes.Bad("it sets entries of something that is no dictionary");
        foreach (object?[] pair in keysAndValues.Chunk(2)) dictionary.Entries.Add(new(pair[0], pair[1]));
    }

    private void Push(object? value) => _stack.Add(value);

    private object? PopAny()
    {
        object? top = Last();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private object? Pop() => PopAny() is var top && top is not PickleMark ? top : throw bytes.Bad("a value is missing");

    private object? Top() => Last() is var top && top is not PickleMark ? top : throw bytes.Bad("a value is missing");

    private object? Last() => _stack.Count > 0 ? _stack[^1] : throw bytes.Bad("an instruction finds no value to work on");

    private object?[] PopToMark()
    {
        int mark = _stack.FindLastIndex(item => item is PickleMark);
        if (mark < 0) throw bytes.Bad("a list of values has no beginning");
        object?[] items = [.. _stack[(mark + 1)..]];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private object? Remembered(uint index) =>
        _memo.TryGetValue(index, out object? value) ? value : throw bytes.Bad($"it recalls value {index}, which was never kept");
}
