using Electra.Samples.Pretrain.Reporting;
using Spectre.Console;

namespace Electra.Tests.Samples;

/// <summary>A console as in a log file: no colours, nothing that moves, nobody to ask.</summary>
internal static class PlainConsole
{
    public static RunConsole To(TextWriter shown) => new(
        AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(shown) }), isLive: false);
}
