using System.Globalization;
using System.Text;
using Electra.FineTuning;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>Writes <c>predictions.tsv</c>: what was predicted of each example, beside the truth.</summary>
internal static class PredictionsFile
{
    /// <summary>Writes the file.</summary>
    public static void Write(string path, TaskScores scores)
    {
        var text = new StringBuilder("index\tid\tpredicted\ttruth\tscore\n");
        foreach ((int index, TaskPrediction prediction) in scores.Predictions.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"{index}\t{Field(prediction.Id)}\t{Field(prediction.Predicted)}\t{Field(prediction.Truth)}\t")
                .Append(prediction.Score.ToString("0.######", CultureInfo.InvariantCulture)).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
    }

    private static string Field(string? text) => (text ?? "").Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' ');
}
