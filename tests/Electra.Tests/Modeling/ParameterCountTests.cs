using Electra.Configuration;
using Electra.Modeling;

namespace Electra.Tests.Modeling;

public class ParameterCountTests
{
    [Theory]
    [InlineData("small", 0.25, 13_549_057, 4_620_026, 14_196_219)]
    [InlineData("small", 1.0, 13_549_057, 13_546_682, 23_122_875)] // small++
    [InlineData("base", 1.0 / 3, 109_483_009, 33_740_602, 119_386_427)]
    [InlineData("large", 0.25, 335_142_913, 51_295_290, 354_655_291)]
    public void Models_of_the_paper_have_its_parameter_counts(
        string size, double fraction, long discriminatorCount, long generatorCount, long together)
    {
        ElectraConfig config = Preset(size);
        using var discriminator = new ElectraForPreTraining(config, Listing.ShapesOnly);
        using var generator = new ElectraForMaskedLM(
            config.ToGenerator(fraction), Listing.ShapesOnly, sharedEmbeddings: discriminator.Electra.Embeddings);

        Assert.Equal(discriminatorCount, Listing.Count((string.Empty, discriminator)));
        Assert.Equal(generatorCount, Listing.Count((string.Empty, generator)));
        Assert.Equal(together, Listing.Count(("discriminator.", discriminator), ("generator.", generator)));
    }

    internal static ElectraConfig Preset(string size) => size switch
    {
        "small" => ElectraConfig.Small,
        "base" => ElectraConfig.Base,
        "large" => ElectraConfig.Large,
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, "no such preset"),
    };
}
