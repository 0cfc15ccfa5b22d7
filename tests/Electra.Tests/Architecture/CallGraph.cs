using System.Reflection;
using Mono.Cecil;

namespace Electra.Tests.Architecture;

/// <summary>
/// What code can reach, from the instructions of compiled methods. Where a call's target is not known it takes all: every override of a virtual
/// method, and every virtual method of a type that is made or handed to a generic one.
/// </summary>
internal sealed class CallGraph
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly HashSet<Assembly> _own;
    private readonly Dictionary<Assembly, ModuleDefinition> _code = [];
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
                if (callee.IsVirtual) foreach (MethodInfo other in _virtuals[callee.Name].Where(other => MayBe(callee, other))) Reach(other, path);
            }
        }
    }

    // Types that are assignable by a choice of type arguments are not told apart.
    private static bool MayBe(MethodBase callee, MethodInfo other) =>
        callee.DeclaringType!.IsGenericType || callee.DeclaringType.IsAssignableFrom(other.DeclaringType);

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

    private IEnumerable<MethodBase> Calls(MethodBase method)
    {
        if (method.GetMethodBody() is null) return [];
        Type[] typeArguments = method.DeclaringType?.GetGenericArguments() ?? [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        Assembly assembly = method.Module.Assembly; // a virtual method that is inherited lies elsewhere
        if (!_code.TryGetValue(assembly, out ModuleDefinition? code)) _code.Add(assembly, code = ModuleDefinition.ReadModule(assembly.Location));
        var definition = (MethodDefinition)code.LookupToken(method.MetadataToken);
        return definition.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>()
            .Select(callee => method.Module.ResolveMethod(callee.MetadataToken.ToInt32(), typeArguments, methodArguments)!);
    }
}
