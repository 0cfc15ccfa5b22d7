using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Electra.Configuration;
using Electra.Onnx;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace Electra.Tests.Documents;

/// <summary>Compiles the C# of a document as a user's project would: implicit usings, nullable, the library's public part and TorchSharp.</summary>
internal static class DocumentedPrograms
{
    private const string UnnecessaryUsing = "CS8019";

    private static readonly string[] ImplicitUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private static readonly SyntaxTree Implicit = CSharpSyntaxTree.ParseText(string.Concat(ImplicitUsings.Select(name => $"global using {name};\n")));

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll")
            .Concat(new[]
            {
                typeof(ElectraConfig), typeof(OnnxExporter), typeof(SessionOptions), typeof(torch), typeof(ILogger), typeof(IServiceCollection), typeof(IOptions<>),
                typeof(IEmbeddingGenerator),
            }.Select(type => type.Assembly.Location))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>What the compiler says against a document's C#, with page and line.</summary>
    /// <param name="page">The document's path within the checkout.</param>
    /// <param name="text">The document.</param>
    public static IEnumerable<string> Faults(string page, string text)
    {
        IReadOnlyList<CodeBlock> blocks = CodeBlock.In(page, text);
        CodeBlock[] programs = [.. blocks.Where(block => !block.IsContinued)], continuations = [.. blocks.Where(block => block.IsContinued)];
        if (continuations.Length > 0 && programs.Length != 1) return [$"{page}: {programs.Length} programs; continued blocks go on from one"];
        return programs.SelectMany(program => Errors(Alone(program))).Concat(continuations.SelectMany(block => Errors(Continued(programs[0], block)))).Distinct();
    }

    /// <summary>Runs a document's program and what goes on from it, each in turn from the start, in the current directory.</summary>
    /// <param name="page">The document's path within the checkout.</param>
    /// <param name="text">The document.</param>
    public static void Run(string page, string text)
    {
        IReadOnlyList<CodeBlock> blocks = CodeBlock.In(page, text);
        CodeBlock program = blocks.Single(block => !block.IsContinued);
        foreach (string whole in blocks.Where(block => block.IsContinued).Select(block => Continued(program, block)).Prepend(Alone(program)))
        {
            using var image = new MemoryStream();
            if (!Compile(CSharpSyntaxTree.ParseText(whole)).Emit(image).Success) throw new FormatException($"{page} does not compile: {string.Join('\n', Errors(whole))}");
            MethodInfo main = Assembly.Load(image.ToArray()).EntryPoint!;
            main.Invoke(null, main.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
        }
    }

    private static string Alone(CodeBlock program) => At(program, program.Line) + program.Text;

    // The block's own directives join the program's; its statements come last, in a scope of their own.
    private static string Continued(CodeBlock program, CodeBlock block) =>
        $"{At(program, program.Line)}{program.Usings}{At(block, block.Line)}{block.Usings}"
        + $"{At(program, program.StatementLine)}{program.Statements}\n{{\n{At(block, block.StatementLine)}{block.Statements}\n}}\n";

    private static string At(CodeBlock block, int line) => $"#line {line} \"{block.Page}\"\n";

    private static IEnumerable<string> Errors(string program)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(program);
        return
            from diagnostic in Compile(tree).GetDiagnostics()
            where diagnostic.Severity >= DiagnosticSeverity.Warning || (diagnostic.Id == UnnecessaryUsing && diagnostic.Location.SourceTree == tree)
            let place = diagnostic.Location.GetMappedLineSpan()
            select $"{place.Path}, line {place.StartLinePosition.Line + 1}: {diagnostic.Id} {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
    }

    // A name of its own: the library shows its internals to some assemblies.
    private static CSharpCompilation Compile(SyntaxTree tree) => CSharpCompilation.Create(
        "Documented", [Implicit, tree], References, new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
}
