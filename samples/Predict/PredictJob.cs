using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Samples.Predict.Inputs;
using Electra.Samples.Predict.Models;

namespace Electra.Samples.Predict;

/// <summary>Asks a model about texts and writes its answers, a line of JSON each.</summary>
internal sealed class PredictJob(LoadedModel model, TextWriter output)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers as texts come in; whole lines only are written.</summary>
    /// <param name="texts">What is asked.</param>
    /// <param name="textsAtOnce">How many are looked at together: 1 where someone types them.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>How it went, for people.</returns>
    public string Run(IEnumerable<InputText> texts, int textsAtOnce, CancellationToken cancellationToken)
    {
        long count = 0;
        TimeSpan spent = TimeSpan.Zero;
        foreach (InputText[] chunk in texts.Chunk(textsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            JsonObject[] answers = [.. model.Predict(chunk, cancellationToken)];
            spent += Stopwatch.GetElapsedTime(start);
            count += answers.Length;
            foreach (JsonObject answer in answers) output.WriteLine(answer.ToJsonString(Readable));
            output.Flush();
        }

        return string.Create(CultureInfo.InvariantCulture, $"{count:N0} texts in {spent.TotalSeconds:F2} s, {count / Math.Max(spent.TotalSeconds, 1e-9):N0} a second");
    }
}
