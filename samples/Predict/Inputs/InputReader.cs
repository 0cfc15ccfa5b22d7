using Electra.Data;
using Electra.FineTuning;
using Electra.Samples.Predict.Options;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Predict.Inputs;

/// <summary>Reads what is to be asked: from the command line, a table, or lines of a file or of the console.</summary>
internal static class InputReader
{
    /// <summary>Opens what the arguments name.</summary>
    /// <param name="arguments">What was typed.</param>
    /// <param name="hasChoices">Whether the model chooses between texts.</param>
    /// <param name="console">The standard input.</param>
    /// <exception cref="UsageException">Arguments contradict each other, or the file can't be read.</exception>
    public static IEnumerable<InputText> Open(PredictArguments arguments, bool hasChoices, TextReader console)
    {
        if (arguments.Texts.Count > 0)
        {
            return arguments.Input is null
                ? [.. arguments.Texts.Select(InputText.OfLine)]
                : throw new UsageException("Give texts or --input, not both.");
        }

        if (arguments.Input is null or "-") return Lines(console);
        try
        {
            return IsLines(arguments) ? FileLines(arguments.Input) : Table(arguments, hasChoices);
        }
        catch (Exception exception) when (exception is InvalidDataException or FileNotFoundException)
        {
            throw new UsageException(exception.Message);
        }
    }

    // Lines are read by what reads text to pre-train on, plain or compressed.
    private static bool IsLines(PredictArguments arguments) =>
        arguments.Text is null && arguments.Input!.Split('.') is [.., "txt"] or [.., "txt", "gz" or "zst"];

    private static IReadOnlyList<InputText> Table(PredictArguments arguments, bool hasChoices)
    {
        string path = arguments.Input!;
        var options = new ReadingOptions { HasHeader = !arguments.NoHeader };
        if (hasChoices)
            return [.. ChoiceFile.Read(path, options).Examples.Select(example => new InputText(example.Text, example.Choices, example.Id))];
        string text = arguments.Text ?? throw new UsageException($"'{path}' is a table; name its column with the text: --text.");
        return [.. TextTable.Read(path, new TableColumns(text, null, arguments.Pair, arguments.Id), options).Set.Examples
            .Select(example => new InputText(example.Text, example.Pair is null ? [] : [example.Pair], example.Id))];
    }

    private static IEnumerable<InputText> FileLines(string path)
    {
        if (!File.Exists(path)) throw new UsageException($"There is no file '{path}'.");
        return CorpusFiles.OpenFile(path).ReadDocuments().SelectMany(document => document.Lines).Select(InputText.OfLine);
    }

    private static IEnumerable<InputText> Lines(TextReader console)
    {
        while (console.ReadLine() is string line)
            if (line.Length > 0) yield return InputText.OfLine(line);
    }
}
