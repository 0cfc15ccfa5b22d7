using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Samples.Search.Ranking;

namespace Electra.Samples.Search.Reporting;

/// <summary>Writes what was found as a line of JSON a query.</summary>
internal sealed class HitJson(TextWriter output) : IHitWriter
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public void Write(string query, IReadOnlyList<Hit> hits)
    {
        var line = new JsonObject { ["query"] = query, ["hits"] = new JsonArray([.. hits.Select((hit, place) => One(place + 1, hit))]) };
        output.WriteLine(line.ToJsonString(Readable));
        output.Flush();
    }

    private static JsonObject One(int rank, Hit hit)
    {
        var scores = new JsonObject();
        foreach ((string name, double score) in hit.Scores) scores[name] = Math.Round(score, 6);
        return new JsonObject { ["rank"] = rank, ["source"] = hit.Passage.Source, ["passage"] = hit.Passage.Text, ["scores"] = scores };
    }
}
