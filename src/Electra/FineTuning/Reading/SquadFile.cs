using System.Text.Json;
using Electra.Data;
using Electra.Files;

namespace Electra.FineTuning;

/// <summary>Reads questions with their answers from files in the form of SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016 and 2018).</summary>
public static class SquadFile
{
    /// <summary>
    /// Reads a file. Offsets, which count code points there, become UTF-16 units. An answer that does not stand where it is said to is looked for
    /// nearby, then anywhere in its context; a question none of whose answers is found is malformed.
    /// </summary>
    /// <param name="path">The file; also <c>.gz</c> or <c>.zst</c>.</param>
    /// <param name="options">Whether malformed questions may be skipped. <value>Default: the first is an error.</value></param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not in that form, has no question, or a malformed one that may not be skipped.</exception>
    public static ExampleSet<QuestionExample> Read(string path, ReadingOptions? options = null)
    {
        options ??= new ReadingOptions();
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no file '{path}'.", path);
        using JsonDocument document = Parse(path);
        var examples = new List<QuestionExample>();
        var skipped = new List<MalformedRecord>();
        long number = 0;
        try
        {
            foreach (JsonElement article in document.RootElement.GetProperty("data").EnumerateArray())
            {
                foreach (JsonElement paragraph in article.GetProperty("paragraphs").EnumerateArray())
                {
                    string context = paragraph.GetProperty("context").GetString() ?? throw new InvalidOperationException("a context is null");
                    foreach (JsonElement question in paragraph.GetProperty("qas").EnumerateArray())
                    {
                        number++;
                        (QuestionExample? example, string? fault) = Read(question, context);
                        if (fault is null) examples.Add(example!);
                        else TableFile.Refuse(new MalformedRecord(path, number, example is null ? fault : $"question {example.Id}: {fault}"), options, skipped);
                    }
                }
            }
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: what follows question {number} is not in SQuAD's form (data, paragraphs, context, qas): {error.Message}", error);
        }

        if (examples.Count == 0) throw new InvalidDataException($"{path}: there is no question in it.");
        return new ExampleSet<QuestionExample>(path, examples, skipped);
    }

    private static JsonDocument Parse(string path)
    {
        using CorpusStream stream = CorpusStream.Open(path);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        try
        {
            ReadOnlyMemory<byte> bytes = copy.GetBuffer().AsMemory(0, (int)copy.Length);
            return JsonDocument.Parse(bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
        }
        catch (JsonException error)
        {
            string text = System.Text.Encoding.UTF8.GetString(copy.GetBuffer(), 0, (int)Math.Min(copy.Length, 1000));
            throw new InvalidDataException($"{path}: this is no JSON: {MisplacedFile.Recognize(text) ?? error.Message}", error);
        }
    }

    private static (QuestionExample? Example, string? Fault) Read(JsonElement question, string context)
    {
        try
        {
            return Question(question, context);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return (null, $"this is no question in SQuAD's form (question, answers, text, answer_start): {error.Message}");
        }
    }

    private static (QuestionExample Example, string? Fault) Question(JsonElement question, string context)
    {
        string id = question.TryGetProperty("id", out JsonElement name) ? name.ToString() : "";
        string text = question.GetProperty("question").GetString() ?? throw new InvalidOperationException("the question is null");
        bool isImpossible = question.TryGetProperty("is_impossible", out JsonElement impossible) && impossible.ValueKind == JsonValueKind.True;
        var answers = new List<AnswerText>();
        string? fault = null;
        if (!isImpossible)
        {
            foreach (JsonElement answer in question.GetProperty("answers").EnumerateArray())
            {
                string said = answer.GetProperty("text").GetString() ?? throw new InvalidOperationException("an answer is null");
                int start = UnitOf(context, answer.GetProperty("answer_start").GetInt32());
                int found = said.Length == 0 ? -1 : Find(context, said, start);
                if (found < 0) fault = $"its answer '{said}' is not in the context";
                else answers.Add(new AnswerText(said, found));
            }
        }

        return (new QuestionExample(id, text, context, answers), answers.Count > 0 ? null : fault);
    }

    // Code points before it that take two units.
    private static int UnitOf(string context, int codePoint)
    {
        int unit = 0;
        for (int i = 0; i < codePoint && unit < context.Length; i++) unit += char.IsSurrogatePair(context, unit) ? 2 : 1;
        return unit;
    }

    private static int Find(string context, string answer, int start)
    {
        if (string.CompareOrdinal(context, start, answer, 0, answer.Length) == 0) return start;
        int nearest = -1;
        for (int at = context.IndexOf(answer, StringComparison.Ordinal); at >= 0; at = context.IndexOf(answer, at + 1, StringComparison.Ordinal))
            if (nearest < 0 || Math.Abs(at - start) < Math.Abs(nearest - start)) nearest = at;
        return nearest;
    }
}
