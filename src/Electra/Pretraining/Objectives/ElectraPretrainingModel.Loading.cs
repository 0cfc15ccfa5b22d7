using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Pretraining;

public sealed partial class ElectraPretrainingModel
{
    /// <summary>
    /// Makes the networks of a run that begins with weights that exist: of any <see cref="PretrainingSource"/>, whose parts these three lines are. In training mode once a trainer has them.
    /// </summary>
    /// <param name="discriminator">The discriminator's Hugging Face folder, or anything that <see cref="PretrainingSource.Open"/> opens.</param>
    /// <param name="generator">The generator's folder; null where the other says where it is, or for a fresh one.</param>
    /// <param name="options">
    /// How they are put together; the generator's size is that of its weights. Embeddings to be shared are the discriminator's. The model's own options say how it was made, and a run must be given
    /// those. <value>Default: as <see cref="PretrainingSource.Fit"/> says; a fresh generator has a third of a base discriminator's width, a quarter of others'.</value>
    /// </param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <returns>Owned by the caller.</returns>
    /// <exception cref="IOException">A folder or file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is malformed, or the two do not go together; says in what they differ.</exception>
    public static ElectraPretrainingModel FromPretrained(
        string discriminator, string? generator = null, PretrainingModelOptions? options = null, Device? device = null) =>
        FromPretrained(discriminator, out _, generator, options, device);

    /// <summary>As the overload without <paramref name="report"/>; tells what starts fresh and whose embeddings were taken.</summary>
    /// <param name="discriminator">As there, and so the rest.</param>
    /// <param name="report">What was loaded and what was not.</param>
    /// <param name="generator"></param>
    /// <param name="options"></param>
    /// <param name="device"></param>
    public static ElectraPretrainingModel FromPretrained(
        string discriminator, out PretrainingLoadReport report, string? generator = null, PretrainingModelOptions? options = null, Device? device = null)
    {
        using PretrainingSource source = PretrainingSource.Open(discriminator, generator);
        options ??= source.Fit(source.Options?.Model ?? new PretrainingModelOptions { GeneratorSize = PretrainingSource.PaperFraction(source.Config) });
        return source.Load(options, out report, device);
    }

    /// <summary>Which networks were loaded whole; null for fresh ones.</summary>
    internal LoadedNetworks? Loaded { get; set; }

    /// <summary>A copy with longer position tables, as <see cref="ModelExtension.WithPositions"/> makes of each network.</summary>
    /// <param name="positions">Rows of the new tables; at least those of the old ones.</param>
    /// <returns>Owned by the caller, as this one is.</returns>
    public ElectraPretrainingModel WithPositions(int positions) => With(ExtraRows.Positions(positions, Config));

    /// <summary>A copy with more words, as <see cref="ModelExtension.WithWords"/> makes of each network.</summary>
    /// <param name="pieces">For each new word the ids of its pieces.</param>
    /// <param name="firstId">The id of the first new word. <value>Default: the word table's rows.</value></param>
    /// <returns>Owned by the caller, as this one is.</returns>
    public ElectraPretrainingModel WithWords(IReadOnlyList<IReadOnlyList<int>> pieces, int? firstId = null) => With(ExtraRows.Words(pieces, firstId, Config));

    private ElectraPretrainingModel With(ExtraRows rows)
    {
        ElectraConfig? generator = _generator is null ? null : rows.In(_generator.Config);
        var extended = new ElectraPretrainingModel(rows.In(Config), generator, Options, Device) { Loaded = Loaded };
        rows.Copy(NamedParameters(), extended.NamedParameters());
        return extended;
    }
}
