using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Electra.Files;

namespace Electra.Configuration;

public sealed partial record ElectraConfig
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        Converters = { new FloatingPointConverter() },
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // labels stay legible; the file is never embedded in HTML
    };

    /// <summary>Reads and validates a <c>config.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">
    /// Not JSON, a value of the wrong type, or bad values; names the file and every bad field.
    /// </exception>
    public static ElectraConfig Load(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads and validates the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it came from, for error messages.</param>
    /// <exception cref="InvalidDataException">Not JSON, a value of the wrong type, or bad values.</exception>
    public static ElectraConfig Parse(string json, string source)
    {
        try
        {
            ElectraConfig config = JsonSerializer.Deserialize<ElectraConfig>(json, JsonOptions)
                ?? throw new InvalidDataException($"{source}: expected a JSON object with the keys of an ELECTRA config.json, found null.");
            if (config.UnknownKeys is { } unknown) _ = JsonSerializer.SerializeToUtf8Bytes(unknown, JsonOptions); // text that can't be written back is none
            return config.WithNumberOfLabels().Validate();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{source}: not a readable config.json: {MisplacedFile.Recognize(json) ?? error.Message}", error);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{source}: {error.Message}", error);
        }
    }

    /// <summary>
    /// The text of a <c>config.json</c>: keys sorted as Hugging Face sorts them, unknown keys kept, absent values left out.
    /// </summary>
    public string ToJson()
    {
        JsonObject fields = JsonSerializer.SerializeToNode(this, JsonOptions)!.AsObject();
        var sorted = new JsonObject(
            fields.OrderBy(field => field.Key, StringComparer.Ordinal)
                .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
        return sorted.ToJsonString(JsonOptions) + "\n";
    }

    /// <summary>Writes <see cref="ToJson"/> to a file.</summary>
    public void Save(string path) => File.WriteAllText(path, ToJson());

    /// <summary>The number of labels, where an older file says no more of them, as labels.</summary>
    private ElectraConfig WithNumberOfLabels()
    {
        ElectraConfig rest = this with { GivenNumLabels = null };
        return Id2Label is null && GivenNumLabels is int count && count != NumLabels ? rest.WithLabels(count) : rest;
    }

    /// <summary>Writes whole numbers as <c>0.0</c>, so that strict readers see a floating-point field.</summary>
    private sealed class FloatingPointConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            string text = value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            writer.WriteRawValue(double.IsInteger(value) && text.All(c => char.IsAsciiDigit(c) || c == '-') ? text + ".0" : text);
        }
    }

    /// <summary>Takes labels that are numbers or truth values, as programs that count their classes write them, for their text.</summary>
    private sealed class LabelsConverter : JsonConverter<IReadOnlyDictionary<int, string>>
    {
        public override IReadOnlyDictionary<int, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<Dictionary<int, JsonElement>>(ref reader, options)!.ToDictionary(label => label.Key, label => label.Value.ValueKind switch
            {
                JsonValueKind.String => label.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => label.Value.GetRawText(),
                var kind => throw new JsonException($"the label {label.Key} in id2label is a JSON {kind.ToString().ToLowerInvariant()}"),
            });

        public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<int, string> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.ToDictionary(), options);
    }
}
