using Electra.Benchmarks.Timing;
using Electra.Modeling;
using Electra.Native;
using Electra.Onnx;
using Electra.Samples.Convert;
using Electra.Samples.FineTune;
using Electra.Samples.Predict;
using Electra.Samples.Pretrain;
using Electra.Samples.Search;
using Electra.Samples.Serve;
using Electra.Samples.ZeroShot.Options;
using static TorchSharp.torch;

namespace Electra.Tests.Architecture;

public class UnkeptNumbersTests
{
    public static TheoryData<Type> Programs =>
    [
        typeof(ElectraModel), typeof(OnnxExporter), typeof(PretrainJob), typeof(FineTuneJob), typeof(PredictJob), typeof(SearchJob), typeof(ServeApplication),
        typeof(ConvertJob), typeof(ZeroShotCommand), typeof(Repeat),
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void No_number_is_freed_while_native_code_reads_it(Type inProgram) =>
        Assert.Empty(UnkeptNumbers.In(inProgram.Assembly.Location, except: typeof(Scalars).FullName));

    [Fact]
    public void Planted_ones_are_found()
    {
        string[] found = [.. UnkeptNumbers.In(GetType().Assembly.Location).Where(call => call.Contains($".{nameof(Planted)} ", StringComparison.Ordinal))];
        string[] named = ["op_Addition", "op_Implicit", "square"];
        Assert.All(named.Zip(found), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.Equal(named.Length, found.Length);
    }

    private static (Tensor, Tensor, Tensor, Tensor) Planted(Tensor x) => (x + x, x.eq(0), x.square(), x.eq(Scalars.Of(0)));
}
