using Electra.Checkpoints;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

public class SafetensorsLeakTests
{
    [Fact]
    public void Writing_reading_and_copying_leave_no_tensor_behind()
    {
        using var folder = new TemporaryFolder();
        using Tensor weight = rand(6, 4);
        using Tensor strided = weight.t();
        using Tensor half = zeros(6, 4, dtype: ScalarType.Float16);
        TensorLeak.AssertNone(() =>
        {
            SafetensorsWriter.Write(folder.File("x.safetensors"), [("w", weight), ("t", strided)]);
            using var reader = SafetensorsReader.Open(folder.File("x.safetensors"));
            reader.CopyInto("w", weight);
            reader.CopyInto("t", strided);
            reader.CopyInto("w", half);
            reader.ReadTensor("w").Dispose();
            Assert.Throws<InvalidDataException>(() => reader.CopyInto("t", half));
        });
    }
}
