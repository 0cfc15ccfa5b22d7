using System.Globalization;
using Electra.Samples.Pretrain.Reporting;
using Electra.Samples.Search.Ranking;
using Spectre.Console;

namespace Electra.Samples.Search.Reporting;

/// <summary>Shows what was found to a person.</summary>
internal sealed class HitText(RunConsole console) : IHitWriter
{
    private const string Indent = "    ";

    /// <summary>What people call a way of finding.</summary>
    public static string NameOf(string score) => score switch { "bm25" => "BM25", "reranker" => "re-ranker", _ => score };

    /// <inheritdoc/>
    public void Write(string query, IReadOnlyList<Hit> hits)
    {
        var snippet = new Snippet(query);
        if (hits.Count == 0) console.Say("Nothing was found.");
        foreach ((int place, Hit hit) in hits.Index())
        {
            string scores = string.Join("  ", hit.Scores.Select(score => $"{NameOf(score.Key)} {score.Value.ToString(score.Key == "bm25" ? "0.0" : "0.000", CultureInfo.InvariantCulture)}"));
            console.Ansi.MarkupLine($"{place + 1,2}  [bold]{Markup.Escape(hit.Passage.Source)}[/]  [grey]{scores}[/]");
            string shown = snippet.Of(hit.Passage.Text, console.Ansi.Profile.Width - Indent.Length);
            console.Ansi.MarkupLine(Indent + string.Concat(snippet.Pieces(shown)
                .Select(piece => piece.IsMarked ? $"[bold green]{Markup.Escape(piece.Text)}[/]" : Markup.Escape(piece.Text))));
        }
    }
}
