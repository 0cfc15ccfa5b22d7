using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Tests.Native.Kernels;

public unsafe class GradientSumTests
{
    private const int Chunk = 1024, Tile = 64 * Chunk;

    public static TheoryData<int> Counts =>
    [
        0, 1, 15, 16, 17, Chunk - 1, Chunk, Chunk + 1, (3 * Chunk) - 5, Tile - 1, Tile, Tile + 1, Tile + Chunk, Tile + Chunk + 3,
        (2 * Tile) - 16, (2 * Tile) + 31,
    ];

    [Theory]
    [MemberData(nameof(Counts))]
    public void It_adds_what_a_plain_loop_adds_and_nothing_behind_the_end(int count)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)count);
        foreach (ScalarType dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            foreach (float scale in new[] { 1f, -0.37f })
            {
                Tensor addend = TorchSharp.torch.randn([count + 16], generator: generator).to(dtype);
                float[] start = TorchSharp.torch.randn([count + 16], generator: generator).data<float>().ToArray(), expected = [.. start];
                float[] added = addend.to(ScalarType.Float32).data<float>().ToArray();
                for (int i = 0; i < count; i++) expected[i] = MathF.FusedMultiplyAdd(added[i], scale, expected[i]);

                void* from = (void*)Aten.DataPointer(addend);
                fixed (float* sum = start)
                {
                    if (dtype == ScalarType.BFloat16) GradientSum.Add<BFloat16Element>(from, sum, count, scale);
                    else GradientSum.Add<Float32Element>(from, sum, count, scale);
                }

                Assert.Equal(expected, start);
            }
        }
    }
}
