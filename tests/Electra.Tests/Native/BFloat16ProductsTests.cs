using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Tests.Native;

/// <summary>Which processors multiply bfloat16 faster than float32.</summary>
public class BFloat16ProductsTests
{
    [Theory]
    [InlineData(false, false, null, true)]
    [InlineData(false, false, "AVX512_CORE_BF16", true)]
    [InlineData(true, false, null, false)]
    [InlineData(true, true, null, true)]
    [InlineData(true, true, "AVX512_CORE_AMX", true)]
    [InlineData(true, true, "AVX512_CORE_BF16", false)]
    public void Of_those_with_the_instruction_AMDs_do_and_Intels_with_tiles(bool isIntel, bool hasTiles, string? limit, bool expected) =>
        Assert.Equal(expected, NativeBackend.IsFast(isIntel, hasTiles, limit));

    [Fact]
    public void What_is_fast_is_there() => Assert.True(NativeBackend.HasBFloat16Products(CPU) || !NativeBackend.MultipliesBFloat16Fast(CPU));
}
