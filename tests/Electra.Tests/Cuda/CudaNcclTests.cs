using Electra.Distributed;
using static TorchSharp.torch;

namespace Electra.Tests.Cuda;

/// <summary>NCCL itself, with one rank: what a machine with one GPU can tell.</summary>
public class CudaNcclTests
{
    [SkippableFact]
    public void One_rank_sums_gathers_and_shares_on_the_gpu_as_it_should()
    {
        Device gpu = CudaDevice.RequireGpu();
        NcclLibrary nccl = RequireNccl();
        using var group = new NcclProcessGroup(new LaunchedProcess("a test", 0, 1, 0, 1), () => new NcclConnection(nccl, gpu, 0, 1, nccl.NewId(), TimeSpan.FromSeconds(60)));
        using Tensor values = arange(1_000_003, ScalarType.Float32, gpu), rounded = arange(1_000_003, ScalarType.Float32, gpu), host = arange(7, ScalarType.Float32);
        group.AllReduceSumAsync(values).GetAwaiter().GetResult();
        CudaDevice.IsClose(arange(1_000_003, ScalarType.Float32), values, 0);
        group.AllReduceSumAsync(rounded, GradientCompression.BFloat16).GetAwaiter().GetResult();
        CudaDevice.IsClose(arange(1_000_003, ScalarType.Float32).to(ScalarType.BFloat16), rounded, 0);
        group.AllReduceSum(host);
        CudaDevice.IsClose(arange(7, ScalarType.Float32), host, 0);
        double[] own = [1.5, -2];
        group.AllReduceSum(own);
        Assert.Equal([1.5, -2], own);
        byte[] bytes = [1, 2, 255];
        group.Broadcast(bytes);
        Assert.Equal([1, 2, 255], bytes);
        group.Barrier();
        Assert.StartsWith("NCCL ", group.Library, StringComparison.Ordinal);
        group.Leave(0);
    }

    [SkippableFact]
    public void Sums_do_not_make_the_host_wait()
    {
        Device gpu = CudaDevice.RequireGpu();
        NcclLibrary nccl = RequireNccl();
        using var connection = new NcclConnection(nccl, gpu, 0, 1, nccl.NewId(), TimeSpan.FromSeconds(60));
        using Tensor values = ones(1_000_003, ScalarType.Float32, gpu);
        connection.AllReduceSum(values); // the first call connects
        connection.AllReduceRoundedSum(values);
        using (new SynchronizationWatch(gpu))
        {
            connection.AllReduceSum(values);
            connection.AllReduceRoundedSum(values);
        }

        connection.Barrier();
        CudaDevice.IsClose(ones(1_000_003), values, 0);
        connection.Leave(isAborted: false);
    }

    private static NcclLibrary RequireNccl()
    {
        NcclLibrary? nccl = null;
        Skip.If(Record.Exception(() => nccl = NcclLibrary.Load()) is DllNotFoundException, "this libtorch brings no NCCL");
        return nccl!;
    }
}
