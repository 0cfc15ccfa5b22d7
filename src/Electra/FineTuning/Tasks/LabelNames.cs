using System.Globalization;

namespace Electra.FineTuning;

/// <summary>Puts the names of labels in an order that does not hang on that of examples.</summary>
internal static class LabelNames
{
    /// <summary>Each label once: numbers by size, if all are, else by their characters.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> labels)
    {
        string[] distinct = [.. labels.Distinct().Order(StringComparer.Ordinal)];
        return distinct.All(label => double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? [.. distinct.OrderBy(label => double.Parse(label, NumberStyles.Float, CultureInfo.InvariantCulture))]
            : distinct;
    }
}
