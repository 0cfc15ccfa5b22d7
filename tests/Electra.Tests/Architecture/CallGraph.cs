using System.Reflection;
using System.Reflection.Emit;

namespace Electra.Tests.Architecture;

/// <summary>
/// What code can reach, from the instructions of compiled methods. Where a call's target is not known it takes all: every override of a virtual
/// method, and every virtual method of a type that is made or handed to a generic one.
/// </summary>
internal sealed class CallGraph
{
    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly HashSet<Assembly> _own;
    private readonly ILookup<string, MethodInfo> _virtuals;
    private readonly Dictionary<(Module, int), string> _paths = [];
    private readonly Queue<MethodBase> _open = new();

    /// <param name="own">The assemblies whose methods are looked into.</param>
    public CallGraph(params Assembly[] own)
    {
        _own = [.. own];
        _virtuals = own.SelectMany(assembly => assembly.GetTypes()).SelectMany(type => type.GetMethods(All))
            .Where(method => method.IsVirtual).ToLookup(method => method.Name);
    }

    /// <summary>Every call out of the own assemblies that <paramref name="roots"/> can reach, with the way to it.</summary>
    public IEnumerable<(MethodBase Callee, MethodBase Caller, string Path)> CallsOut(IEnumerable<MethodBase> roots)
    {
        foreach (MethodBase root in roots) Reach(root, "");
        while (_open.TryDequeue(out MethodBase? method))
        {
            string path = _paths[Key(method)];
            foreach (MethodBase callee in Calls(method))
            {
                foreach (Type argument in GenericArguments(callee)) ReachVirtuals(argument, path);
                if (!_own.Contains(callee.Module.Assembly))
                {
                    yield return (callee, method, path);
                    continue;
                }

                Reach(callee, path);
                if (callee.IsConstructor) ReachVirtuals(callee.DeclaringType!, path);
                if (callee.IsVirtual) foreach (MethodInfo other in _virtuals[callee.Name]) Reach(other, path);
            }
        }
    }

    private static (Module, int) Key(MethodBase method) => (method.Module, method.MetadataToken);

    private void Reach(MethodBase method, string path)
    {
        string name = $"{method.DeclaringType?.Name}.{method.Name}";
        if (_paths.TryAdd(Key(method), path.Length == 0 ? name : $"{path} -> {name}")) _open.Enqueue(method);
    }

    private void ReachVirtuals(Type type, string path)
    {
        if (!_own.Contains(type.Assembly)) return;
        foreach (MethodInfo method in type.GetMethods(All).Where(method => method.IsVirtual)) Reach(method, path);
    }

    private static IEnumerable<Type> GenericArguments(MethodBase method) =>
    [
        .. method.IsGenericMethod ? method.GetGenericArguments() : [],
        .. method.DeclaringType?.GetGenericArguments() ?? [],
    ];

    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] typeArguments = method.DeclaringType?.GetGenericArguments() ?? [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < code.Length;)
        {
            OpCode instruction = Codes[code[at] == 0xFE ? 0xFE00 | code[at + 1] : code[at]];
            at += instruction.Size;
            if (instruction.OperandType is OperandType.InlineMethod or OperandType.InlineTok
                && method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments) is MethodBase called)
            {
                yield return called;
            }

            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
