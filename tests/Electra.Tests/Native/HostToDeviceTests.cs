using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Native;

public class HostToDeviceTests
{
    [Fact]
    public void On_a_cpu_nothing_is_copied()
    {
        using Tensor host = arange(6);
        Assert.Same(host, HostToDevice.Copy(host, CPU));
        Assert.Same(host, HostToDevice.Move(host, CPU));
    }

    [Fact]
    public void Elsewhere_a_copy_leaves_the_source_and_a_move_frees_it()
    {
        using Tensor host = arange(6), copied = HostToDevice.Copy(host, META);
        Tensor given = host.clone();
        using Tensor moved = HostToDevice.Move(given, META);
        Assert.Equal((DeviceType.META, DeviceType.META), (copied.device_type, moved.device_type));
        Assert.Equal((false, true), (host.IsInvalid, given.IsInvalid));
    }
}
