using Electra.Native;
using TorchSharp;

namespace Electra.Tests.Native;

public class ScalarsTests
{
    /// <summary>Numbers stay what they are while other threads collect garbage, and those of long ago are freed without the collector.</summary>
    [Fact]
    public void Numbers_of_recent_calls_stay_those_of_long_ago_are_freed()
    {
        Scalar[] made = [.. Enumerable.Range(0, 300).Select(i => Scalars.Of((double)i))];
        GC.Collect();
        GC.WaitForPendingFinalizers();
        for (int i = 100; i < 300; i++) Assert.Equal(i, made[i].ToDouble());
        foreach (Scalar scalar in made.Take(40)) Assert.Throws<InvalidOperationException>(() => scalar.Type);
    }

    [Fact]
    public void They_have_the_type_of_what_they_were_made_of()
    {
        Assert.Equal(
            [torch.ScalarType.Int64, torch.ScalarType.Float64, torch.ScalarType.Bool], new[] { Scalars.Of(1L), Scalars.Of(1.0), Scalars.Of(true) }.Select(scalar => scalar.Type));
        Assert.Equal(((Scalar)1).Type, Scalars.Of(1).Type);
        Assert.Equal(((Scalar)1f).Type, Scalars.Of(1f).Type);
        Assert.Equal(((Scalar)1).Type, Scalars.One.Type);
    }
}
