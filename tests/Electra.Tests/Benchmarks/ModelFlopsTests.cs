using Electra.Benchmarks;
using Electra.Configuration;

namespace Electra.Tests.Benchmarks;

public class ModelFlopsTests
{
    [Theory]
    [InlineData("small", 128, 70.2)]
    [InlineData("base", 128, 611.1)]
    [InlineData("base", 512, 667.7)]
    public void Training_costs_what_was_counted_by_hand(string model, int sequenceLength, double megaflops)
    {
        (ElectraConfig config, double generator) = model == "small" ? (ElectraConfig.Small, 1.0 / 4) : (ElectraConfig.Base, 1.0 / 3);
        ModelFlops flops = ModelFlops.Of(config, config.ToGenerator(generator), sequenceLength, 0.15);
        Assert.Equal(megaflops, flops.Training / 1e6, precision: 1);
    }
}
