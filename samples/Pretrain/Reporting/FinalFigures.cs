using System.Globalization;
using Electra.Pretraining.Evaluation;
using Spectre.Console;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>
/// What a run reached on held-out text, each figure next to what it has to be compared with. Null where a masked LM has none.
/// </summary>
internal sealed record FinalFigures
{
    public required HeldOutResult HeldOut { get; init; }

    /// <summary>What a model without context would reach, in nats.</summary>
    public required double UnigramEntropy { get; init; }

    public double? UniformReplacementsAuc { get; init; }

    public double? UnigramReplacementsAuc { get; init; }

    public SwapProbeResult? Swaps { get; init; }

    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>.</summary>
    public IEnumerable<(string Name, double Value)> Figures()
    {
        yield return ("masked_lm_loss", HeldOut.MaskedLMLoss);
        yield return ("masked_lm_accuracy", HeldOut.MaskedLMAccuracy);
        yield return ("unigram_entropy", UnigramEntropy);
        if (HeldOut.ReplacedTokens is not { } rtd) yield break;
        yield return ("discriminator_loss", HeldOut.ReplacedTokenLoss!.Value);
        yield return ("accuracy", rtd.Accuracy);
        yield return ("precision", rtd.Precision);
        yield return ("recall", rtd.Recall);
        yield return ("area_under_curve", rtd.AreaUnderCurve);
        yield return ("token_identity_auc", HeldOut.TokenIdentityAreaUnderCurve!.Value);
        if (UniformReplacementsAuc is { } uniform) yield return ("uniform_replacements_auc", uniform);
        if (UnigramReplacementsAuc is { } unigram) yield return ("unigram_replacements_auc", unigram);
        if (Swaps is not { Sentences: > 0 } swaps) yield break;
        yield return ("swap_sentences", swaps.Sentences);
        yield return ("swap_top1", swaps.Top1);
        yield return ("swap_top3", swaps.Top3);
        yield return ("swap_chance_top1", swaps.ChanceTop1);
        yield return ("swap_chance_top3", swaps.ChanceTop3);
    }

    /// <summary>Writes the closing table.</summary>
    public void Show(RunConsole console)
    {
        Table table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey)
            .AddColumn("on held-out documents").AddColumn(new TableColumn("reached").RightAligned())
            .AddColumn(new TableColumn("to compare with").RightAligned()).AddColumn("which is");
        Row(table, "masked-LM loss of the generator, nats", HeldOut.MaskedLMLoss, UnigramEntropy, "unigram entropy: no context used", "F3");
        table.AddRow("masked words guessed right", Percent(HeldOut.MaskedLMAccuracy), "", "");
        if (HeldOut.ReplacedTokens is { } rtd)
        {
            Row(table, "RTD accuracy", rtd.Accuracy, 1 - rtd.PositiveRate, "always saying \"original\"", "P1");
            table.AddRow("RTD precision, recall", $"{Percent(rtd.Precision)}, {Percent(rtd.Recall)}", "", "");
            double identity = HeldOut.TokenIdentityAreaUnderCurve!.Value;
            Row(table, "RTD AUC, the generator's replacements", rtd.AreaUnderCurve, identity, "token identity alone", "F3");
        }

        if (UniformReplacementsAuc is { } uniform) Row(table, "AUC, 10 % uniform replacements", uniform, 0.5, "chance", "F3");
        if (UnigramReplacementsAuc is { } unigram) Row(table, "AUC, 10 % unigram replacements", unigram, 0.5, "chance", "F3");
        if (Swaps is { Sentences: > 0 } swaps)
        {
            Row(table, $"swapped word ranked first ({swaps.Sentences} sentences)", swaps.Top1, swaps.ChanceTop1, "guessing", "P1");
            Row(table, "swapped word among the top three", swaps.Top3, swaps.ChanceTop3, "guessing", "P1");
        }

        console.Ansi.WriteLine();
        console.Ansi.Write(table);
    }

    private static void Row(Table table, string what, double reached, double baseline, string which, string format) =>
        table.AddRow(what, $"[bold]{Text(reached, format)}[/]", Text(baseline, format), $"[grey]{Markup.Escape(which)}[/]");

    private static string Percent(double share) => Text(share, "P1");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
