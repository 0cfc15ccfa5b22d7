using System.Diagnostics;
using System.Globalization;
using Electra.Samples.Pretrain.Reporting;
using Spectre.Console;

namespace Electra.Samples.Search.Reporting;

/// <summary>Shows how far a work has come whose pieces are counted: a bar in a terminal, a line every tenth elsewhere, and the speed at the end.</summary>
internal sealed class CountedWork(RunConsole console)
{
    /// <summary>Does it.</summary>
    /// <param name="what">Such as "passages to vectors".</param>
    /// <param name="pieces">What is counted, such as "passages".</param>
    /// <param name="count">How many there are.</param>
    /// <param name="work">Given a way to tell how many more are done.</param>
    public T Run<T>(string what, string pieces, int count, Func<Action<int>, T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = console.IsLive
            ? console.Ansi.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, count));
                int done = 0;
                return work(more =>
                {
                    done += more;
                    task.Increment(more);
                    task.Description = Markup.Escape($"{what}, {Speed(done, start)} {pieces}/s");
                });
            })
            : work(Lines(what, pieces, count, start));
        console.Say(string.Create(CultureInfo.InvariantCulture, $"{what}: {count:N0} {pieces} in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, {Speed(count, start)} {pieces}/s"));
        return result;
    }

    private Action<int> Lines(string what, string pieces, int count, long start)
    {
        int done = 0, told = 0;
        return more =>
        {
            done += more;
            int tenth = (int)(10L * done / count);
            if (tenth <= told || done >= count) return;
            told = tenth;
            TimeSpan left = Stopwatch.GetElapsedTime(start) * ((double)(count - done) / done);
            console.Say(string.Create(CultureInfo.InvariantCulture, $"{what}: {done:N0}/{count:N0}  {Speed(done, start)} {pieces}/s  ETA {RunLength.Text(left)}"));
        };
    }

    private static string Speed(int done, long start) => (done / Math.Max(1e-9, Stopwatch.GetElapsedTime(start).TotalSeconds)).ToString("N0", CultureInfo.InvariantCulture);
}
