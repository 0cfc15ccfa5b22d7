using System.Collections.Immutable;
using System.Globalization;
using Electra.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.Logging;
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
            .Concat(new[] { typeof(ElectraConfig), typeof(torch), typeof(ILogger) }.Select(type => type.Assembly.Location))
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

    private static string Alone(CodeBlock program) => At(program, program.Line) + program.Text;

    // The block's own directives join the program's; its statements come last, in a scope of their own.
    private static string Continued(CodeBlock program, CodeBlock block) =>
        $"{At(program, program.Line)}{program.Usings}{At(block, block.Line)}{block.Usings}"
        + $"{At(program, program.StatementLine)}{program.Statements}\n{{\n{At(block, block.StatementLine)}{block.Statements}\n}}\n";

    private static string At(CodeBlock block, int line) => $"#line {line} \"{block.Page}\"\n";

    private static IEnumerable<string> Errors(string program)
    {
        // A name of its own: the library shows its internals to some assemblies.
        SyntaxTree tree = CSharpSyntaxTree.ParseText(program);
        var compilation = CSharpCompilation.Create(
            "Documented",
            [Implicit, tree],
            References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        return
            from diagnostic in compilation.GetDiagnostics()
            where diagnostic.Severity >= DiagnosticSeverity.Warning || (diagnostic.Id == UnnecessaryUsing && diagnostic.Location.SourceTree == tree)
            let place = diagnostic.Location.GetMappedLineSpan()
            select $"{place.Path}, line {place.StartLinePosition.Line + 1}: {diagnostic.Id} {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
    }
}
