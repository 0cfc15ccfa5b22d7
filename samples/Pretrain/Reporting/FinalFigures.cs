using System.Globalization;
using Electra.Pretraining;
using Spectre.Console;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>
/// What a run reached on held-out text, each figure next to what a model that knows nothing of language gets by the same count. Null where a
/// masked LM has none.
/// </summary>
internal sealed record FinalFigures
{
    public required EvaluationReport HeldOut { get; init; }

    public Compared<double>? UniformReplacementsAuc { get; init; }

    public Compared<double>? UnigramReplacementsAuc { get; init; }

    public Compared<double>? SwappedNeighboursAuc { get; init; }

    public Compared<SwapProbeResult>? Swaps { get; init; }

    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>.</summary>
    public IEnumerable<(string Name, double Value)> Figures()
    {
        foreach ((string, double) figure in HeldOut.Figures()) yield return figure;
        if (UniformReplacementsAuc is { } uniform)
        {
            yield return ("uniform_replacements_auc", uniform.Reached);
            yield return ("uniform_replacements_frequency_auc", uniform.WordFrequency);
        }

        if (UnigramReplacementsAuc is { } unigram)
        {
            yield return ("unigram_replacements_auc", unigram.Reached);
            yield return ("unigram_replacements_frequency_auc", unigram.WordFrequency);
        }

        if (SwappedNeighboursAuc is { } neighbours)
        {
            yield return ("swapped_neighbours_auc", neighbours.Reached);
            yield return ("swapped_neighbours_frequency_auc", neighbours.WordFrequency);
        }

        if (Swaps is not { Reached: { Sentences: > 0 } swaps } compared) yield break;
        yield return ("swap_sentences", swaps.Sentences);
        yield return ("swap_top1", swaps.Top1);
        yield return ("swap_top3", swaps.Top3);
        yield return ("swap_frequency_top1", compared.WordFrequency.Top1);
        yield return ("swap_frequency_top3", compared.WordFrequency.Top3);
        yield return ("swap_chance_top1", swaps.ChanceTop1);
        yield return ("swap_chance_top3", swaps.ChanceTop3);
    }

    /// <summary>Writes the closing table.</summary>
    public void Show(RunConsole console)
    {
        Table table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey)
            .AddColumn("on held-out documents").AddColumn(new TableColumn("reached").RightAligned())
            .AddColumn(new TableColumn("knowing nothing").RightAligned()).AddColumn("which is");
        (MaskedLMScore mask, MaskedLMScore frequencies) = (HeldOut.MaskedLM.Mask, HeldOut.WordFrequencies);
        Row(table, "masked-LM loss at [MASK], nats", mask.Loss, frequencies.Loss, "word frequencies, at the same places", "F3");
        Row(table, "words at [MASK] guessed right", mask.Accuracy, frequencies.Accuracy, "always the most frequent word", "P1");
        Copied(table, "kept", HeldOut.MaskedLM.Kept, "the answer stands in the input");
        Copied(table, "random words", HeldOut.MaskedLM.Random, "");
        Row(table, "masked-LM loss as trained, all of these places", HeldOut.TrainedMaskedLMLoss, null, "flatters: compare runs by it", "F3");
        if (HeldOut.Detection is { Discriminator: var rtd } detection)
        {
            Row(table, "RTD loss, nats a token", detection.DiscriminatorLoss, detection.ConstantDiscriminatorLoss, "the same answer everywhere", "F4");
            Row(table, "RTD accuracy", rtd.Accuracy, 1 - rtd.PositiveRate, "always saying \"original\"", "P1");
            table.AddRow("RTD precision, recall", $"{Percent(rtd.Precision)}, {Percent(rtd.Recall)}", "", "");
            Row(table, "RTD AUC, the generator's replacements", rtd.AreaUnderCurve, detection.TokenIdentityAreaUnderCurve, "token identity alone", "F3");
        }

        if (UniformReplacementsAuc is { } uniform)
            Row(table, "AUC, 10 % uniform replacements", uniform.Reached, uniform.WordFrequency, "word frequency alone", "F3");
        if (UnigramReplacementsAuc is { } unigram)
            Row(table, "AUC, 10 % unigram replacements", unigram.Reached, unigram.WordFrequency, "word frequency alone", "F3");
        if (SwappedNeighboursAuc is { } neighbours)
        {
            string what = "AUC, 10 % of the words exchanged with a neighbour";
            Row(table, what, neighbours.Reached, neighbours.WordFrequency, "word frequency alone", "F3");
        }

        if (Swaps is { Reached: { Sentences: > 0 } swaps } compared)
        {
            string guessing = $"the rarest word; guessing {Percent(swaps.ChanceTop1)}";
            Row(table, $"swapped word ranked first ({swaps.Sentences} sentences)", swaps.Top1, compared.WordFrequency.Top1, guessing, "P1");
            guessing = $"the rarest three; guessing {Percent(swaps.ChanceTop3)}";
            Row(table, "swapped word among the top three", swaps.Top3, compared.WordFrequency.Top3, guessing, "P1");
        }

        console.Ansi.WriteLine();
        console.Ansi.Write(table);
    }

    private static void Copied(Table table, string where, MaskedLMScore score, string note)
    {
        if (score.Count == 0) return;
        table.AddRow($"   at {where}: loss, guessed right", $"{Text(score.Loss, "F3")}, {Percent(score.Accuracy)}", "", $"[grey]{note}[/]");
    }

    private static void Row(Table table, string what, double reached, double? baseline, string which, string format) => table.AddRow(
        Markup.Escape(what), $"[bold]{Text(reached, format)}[/]", baseline is { } known ? Text(known, format) : "", $"[grey]{Markup.Escape(which)}[/]");

    private static string Percent(double share) => Text(share, "P1");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
