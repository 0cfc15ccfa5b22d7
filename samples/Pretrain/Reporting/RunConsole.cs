using System.Diagnostics;
using Spectre.Console;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>What a person sees: coloured and alive in a terminal, plain lines where output is redirected.</summary>
internal sealed class RunConsole
{
    /// <summary>Wraps a console.</summary>
    /// <param name="ansi">Where to write.</param>
    /// <param name="isLive">Whether lines may be redrawn. Default: when the console is an interactive terminal.</param>
    public RunConsole(IAnsiConsole ansi, bool? isLive = null)
    {
        Ansi = ansi;
        IsLive = isLive ?? (ansi.Profile.Capabilities.Interactive && ansi.Profile.Out.IsTerminal);
        // a log file has no width; breaking its lines would only make them harder to search
        if (!IsLive) ansi.Profile.Width = 160;
    }

    /// <summary>A console of a rank that has nothing to say.</summary>
    public static RunConsole Silent() => new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null), Ansi = AnsiSupport.No }), isLive: false);

    public IAnsiConsole Ansi { get; }

    public bool IsLive { get; }

    /// <summary>Writes a line without markup.</summary>
    public void Say(string line) => Ansi.WriteLine(line);

    /// <summary>Writes a heading.</summary>
    public void Head(string title)
    {
        Ansi.WriteLine();
        Ansi.MarkupLine($"[bold]{Markup.Escape(title)}[/]");
    }

    /// <summary>Writes a warning.</summary>
    public void Warn(string line) => Ansi.MarkupLine($"[yellow]{Markup.Escape(line)}[/]");

    /// <summary>Does something that takes a while, showing what it is and, afterwards, how long it took.</summary>
    /// <param name="what">For example "writing token shards".</param>
    /// <param name="work">Given a way to tell how far it has come.</param>
    public T Working<T>(string what, Func<Action<string>, T> work)
    {
        long start = Stopwatch.GetTimestamp();
        string latest = "";
        T result;
        if (IsLive)
        {
            result = Ansi.Status().Spinner(Spinner.Known.Dots).Start($"{what} ...", status => work(progress =>
            {
                latest = progress;
                status.Status = Markup.Escape($"{what}: {progress}");
            }));
        }
        else
        {
            result = work(progress => latest = progress);
        }

        string detail = latest.Length == 0 ? "" : $": {latest}";
        Say($"{what}{detail} ({Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s)");
        return result;
    }
}
