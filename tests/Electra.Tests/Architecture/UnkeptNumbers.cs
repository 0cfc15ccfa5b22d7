using Mono.Cecil;
using TorchSharp;

namespace Electra.Tests.Architecture;

/// <summary>
/// Calls of TorchSharp that leave a number's native scalar to the garbage collector while native code reads it: conversions of numbers, and TorchSharp's methods that make
/// such scalars themselves, as the sum of two tensors does.
/// </summary>
internal static class UnkeptNumbers
{
    private static readonly HashSet<string> Makers = FindMakers();

    /// <summary>Such calls in an assembly, except in one type: where, and what is called.</summary>
    public static IEnumerable<string> In(string assembly, string? except = null)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(assembly);
        foreach (MethodDefinition method in Methods(module).Where(method => method.DeclaringType.FullName != except))
        {
            foreach (MethodReference callee in Calls(method).Where(callee => IsConversion(callee) || Makers.Contains(callee.FullName)))
                yield return $"{method.DeclaringType.FullName}.{method.Name} calls {callee.FullName}";
        }
    }

    private static HashSet<string> FindMakers()
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(typeof(torch).Assembly.Location);
        (string Name, string[] Calls, bool Converts)[] methods = [.. Methods(module).Where(method => !IsOfScalars(method)).Select(method =>
            (method.FullName, Calls(method).Select(callee => callee.FullName).ToArray(), Calls(method).Any(IsConversion)))];
        HashSet<string> makers = [.. methods.Where(method => method.Converts).Select(method => method.Name)];
        for (int before = 0; before < makers.Count;)
        {
            before = makers.Count;
            makers.UnionWith(methods.Where(method => method.Calls.Any(makers.Contains)).Select(method => method.Name));
        }

        return makers;
    }

    private static bool IsConversion(MethodReference method) => IsOfScalars(method) && method.ReturnType.Name == nameof(Scalar);

    private static bool IsOfScalars(MethodReference method) => method.DeclaringType.Name is nameof(Scalar) or nameof(ScalarExtensionMethods);

    private static IEnumerable<MethodDefinition> Methods(ModuleDefinition module) => module.GetTypes().SelectMany(type => type.Methods);

    private static IEnumerable<MethodReference> Calls(MethodDefinition method) =>
        method.HasBody ? method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>() : [];
}
