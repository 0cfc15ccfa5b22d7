using System.Text;
using Electra.Pretraining;
using Spectre.Console;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>
/// Shows held-out sentences with one swapped word each as the discriminator sees them. The sentences are the probe's, taken at even
/// distances: they are picked by rule, before any model has read them.
/// </summary>
internal static class Demonstration
{
    /// <summary>Writes the sentences.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="probe">Sentences with a swapped word.</param>
    /// <param name="words">The vocabulary's view of words.</param>
    /// <param name="scorer">The discriminator.</param>
    /// <param name="count">Most sentences to show.</param>
    public static void Show(RunConsole console, SwapProbe probe, VocabularyWords words, TokenScorer scorer, int count)
    {
        int shown = Math.Min(count, probe.Items.Count);
        if (shown == 0) return;
        SwapProbeItem[] items = [.. Enumerable.Range(0, shown).Select(i => probe.Items[(int)((long)i * probe.Items.Count / shown)])];
        IReadOnlyList<float[]> scores = scorer([.. items.Select(item => item.Ids)]);
        console.Head("Held-out sentences, one word of each swapped at random");
        console.Ansi.MarkupLine("[grey]the word swapped in: «word»; the discriminator's suspect: [/][bold red][[word]][/]"
            + "[grey]; other words that it takes for replaced: [/][yellow]{word}[/]");
        for (int i = 0; i < shown; i++) console.Ansi.MarkupLine(Sentence(items[i], scores[i], words));
    }

    /// <summary>One sentence as Spectre markup; the brackets say the same as the colours, for where there are none.</summary>
    internal static string Sentence(SwapProbeItem item, float[] tokenScores, VocabularyWords words)
    {
        float[] scores = item.WordScores(tokenScores);
        int suspect = Array.IndexOf(scores, scores.Max());
        var text = new StringBuilder(suspect == item.SwappedWord ? "[green] + [/]" : "[grey] - [/]");
        bool glue = true;
        for (int word = 0; word < item.Words.Count; word++)
        {
            string plain = words.Join(item.Ids.AsSpan(item.Words[word]));
            bool closes = plain is "." or "," or ")" or "]" or "}" or ";" or ":" or "?" or "!" or "'" or "-" or "/" or "_";
            if (!glue && !closes) text.Append(' ');
            glue = plain is "(" or "[" or "{" or "'" or "-" or "/" or "_" or "#";
            string marked = word == item.SwappedWord ? $"«{plain}»" : plain;
            text.Append((word == suspect, scores[word] > 0) switch
            {
                (true, _) => $"[bold red]{Markup.Escape($"[{marked}]")}[/]",
                (false, true) => $"[yellow]{Markup.Escape($"{{{marked}}}")}[/]",
                _ when word == item.SwappedWord => $"[underline]{Markup.Escape(marked)}[/]",
                _ => Markup.Escape(marked),
            });
        }

        return text.Append($"  [grey](was: {Markup.Escape(words.Join(item.Original))})[/]").ToString();
    }
}
