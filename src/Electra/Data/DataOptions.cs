using System.Text.Json.Serialization;

namespace Electra.Data;

/// <summary>How token shards become batches.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DataOptions
{
    internal const int ShortestSequence = 5;

    /// <summary>The positions of an example, [CLS] and [SEP] included.</summary>
    /// <value>Default 128; at least 5 and at most the model's position table.</value>
    public int SequenceLength { get; init; } = 128;

    /// <summary>The examples of one update, over all micro-batches and ranks.</summary>
    /// <value>Default 128.</value>
    public int BatchSize { get; init; } = 128;

    /// <summary>The examples of one forward pass; divides <see cref="BatchSize"/>.</summary>
    /// <value>Default null: the whole batch.</value>
    public int? MicroBatchSize { get; init; }

    /// <summary>Decides the order of the examples and how they are cut.</summary>
    /// <value>Default 0.</value>
    public long Seed { get; init; }

    /// <summary>
    /// The part of the text, counted in tokens, that is kept from training: whole documents, or blocks of lines out of documents that are too
    /// long for it.
    /// </summary>
    /// <value>Default 0.005; from 0 to below 1. Not used when <see cref="HeldOutDocuments"/> is set.</value>
    public double HeldOutFraction { get; init; } = 0.005;

    /// <summary>The number of documents that are kept from training, whatever share of the text they make.</summary>
    /// <value>Default null: by <see cref="HeldOutFraction"/>.</value>
    public int? HeldOutDocuments { get; init; }

    /// <summary>How text is cut into examples.</summary>
    /// <value>Default <see cref="PackerKind.Contiguous"/>.</value>
    [JsonConverter(typeof(JsonStringEnumConverter<PackerKind>))]
    public PackerKind Packer { get; init; } = PackerKind.Contiguous;

    /// <summary>Whether an example may go on into the next document, after a [SEP]. Only for <see cref="PackerKind.Contiguous"/>.</summary>
    /// <value>Default true.</value>
    public bool JoinDocuments { get; init; } = true;

    /// <summary>
    /// The share of the examples that are cut in two, [CLS] text [SEP] text [SEP] with token types 0 and 1, so that pairs of texts are no news to the encoder later.
    /// Only for <see cref="PackerKind.Contiguous"/>.
    /// </summary>
    /// <value>Default 0; from 0 to 1.</value>
    public double SecondSegmentShare { get; init; }

    /// <summary>The micro-batches of one update.</summary>
    [JsonIgnore]
    public int MicroBatchesPerBatch => BatchSize / (MicroBatchSize ?? BatchSize);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">Some are out of range; the message names each of them.</exception>
    public DataOptions Validate()
    {
        var faults = new List<string>();
        if (SequenceLength < ShortestSequence) faults.Add($"SequenceLength is {SequenceLength}, but must be at least {ShortestSequence}");
        if (BatchSize < 1) faults.Add($"BatchSize is {BatchSize}, but must be at least 1");
        if (MicroBatchSize is int micro && (micro < 1 || BatchSize % micro != 0))
            faults.Add($"MicroBatchSize is {micro}, but must divide BatchSize, which is {BatchSize}");
        if (!(HeldOutFraction >= 0 && HeldOutFraction < 1))
            faults.Add($"HeldOutFraction is {HeldOutFraction}, but must be at least 0 and below 1");
        if (HeldOutDocuments < 0) faults.Add($"HeldOutDocuments is {HeldOutDocuments}, but must not be negative");
        if (!Enum.IsDefined(Packer)) faults.Add($"Packer is {Packer}, but must be one of {string.Join(", ", Enum.GetNames<PackerKind>())}");
        if (SecondSegmentShare is not (>= 0 and <= 1)) faults.Add($"SecondSegmentShare is {SecondSegmentShare}, but must be from 0 to 1");
        if (SecondSegmentShare > 0 && Packer != PackerKind.Contiguous) faults.Add($"SecondSegmentShare is for the packer {PackerKind.Contiguous}, not for {Packer}");
        return faults.Count == 0 ? this : throw new ArgumentException($"Wrong data options: {string.Join("; ", faults)}.");
    }
}
