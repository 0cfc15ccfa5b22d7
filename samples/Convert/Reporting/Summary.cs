using Electra.Checkpoints;
using Electra.Samples.Convert.Networks;
using static System.FormattableString;

namespace Electra.Samples.Convert.Reporting;

/// <summary>Tells what was read, what became of it and what was written, a line each.</summary>
internal sealed class Summary(TextWriter output)
{
    private const int Named = 3;

    /// <summary>Some names of many.</summary>
    public static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(Named)) + (names.Count > Named ? $" and {names.Count - Named} more" : "");

    /// <summary>Tells of an open checkpoint.</summary>
    public void TellRead(GoogleNetworks google)
    {
        GoogleCheckpoint checkpoint = google.Checkpoint;
        Tell("read", Invariant($"{checkpoint.Prefix}: TensorFlow, {(checkpoint.Step is { } step ? $"step {step:N0}" : "without a step")}, {(checkpoint.HasOptimizerState ? "the optimizer's moments are left out" : "without the optimizer's moments")}"));
        Tell("", Invariant($"{checkpoint.EncoderConfig.NumAttentionHeads} heads of attention, {google.HeadsFrom}"));
        if (checkpoint.Tasks.Count > 0) Tell("", $"fine-tuned for {string.Join(", ", checkpoint.Tasks.Select(task => task.Name))}");
        if (checkpoint.UnknownVariables.Count > 0) Tell("unused", Invariant($"{checkpoint.UnknownVariables.Count:N0}: {Listed(checkpoint.UnknownVariables)}"));
    }

    /// <summary>Tells of a model that was loaded.</summary>
    public void TellMapped(Network network, string input)
    {
        if (network.Report is { } report) Tell("read", Invariant($"{input}: {Listed(report.Files)}, {report.Tensors.Count:N0} tensors, {StoredTypes.Described(report)}"));
        int count = network.Weights.Count, missing = network.Report?.MissingKeys.Count ?? 0, mismatched = network.Report?.MismatchedKeys.Count ?? 0;
        string tokens = network.Tokenizer is { } tokenizer ? $"tokenizer of {tokenizer.VocabSize:N0} tokens" : "no tokenizer";
        Tell("model", Invariant($"{network.Class}, {network.Weights.Values.Sum(weight => weight.numel()):N0} parameters, {tokens}"));
        Tell("mapped", Invariant($"{count - missing - mismatched:N0} of {count:N0} weights"));
        if (network.Report is null) return;
        Tell("redundant", network.Report.RedundantKeys);
        Tell("unused", network.Report.UnexpectedKeys);
        Tell("fresh", network.Report.MissingKeys, "not in the input: random numbers");
        Tell("mismatched", network.Report.MismatchedKeys, "of another shape: random numbers");
    }

    /// <summary>Tells of a folder that is whole.</summary>
    public void TellWritten(string folder, string name, string check)
    {
        FileInfo[] files = [.. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(file => file.Length)];
        Tell("written", Invariant($"{(name.Length > 0 ? name + ": " : "")}{string.Join(", ", files.Take(Named).Select(file => $"{file.Name} ({file.Length:N0} bytes)"))}; {files.Length} files, {files.Sum(file => file.Length):N0} bytes"));
        Tell("checked", check);
    }

    /// <summary>Tells where it is.</summary>
    public void TellPlace(string folder) => Tell("in", folder);

    private void Tell(string what, IReadOnlyList<string> names, string note = "")
    {
        if (names.Count > 0) Tell(what, $"{names.Count:N0}{(note.Length > 0 ? $", {note}" : "")}: {Listed(names)}");
    }

    private void Tell(string what, string text) => output.WriteLine($"{what,-11}{text}");
}
