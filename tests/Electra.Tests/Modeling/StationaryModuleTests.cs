using Electra.Configuration;
using Electra.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

/// <summary>Moving or casting a module would leave behind whoever holds its tensors: fused kernels, the other tower, flat parameters.</summary>
public class StationaryModuleTests
{
    private static readonly ElectraConfig Config = TinyConfig.Value with { HiddenSize = 32, NumAttentionHeads = 2, IntermediateSize = 48 };

    public static TheoryData<string> Moves => [.. Calls.Keys];

    private static Dictionary<string, Action<nn.Module>> Calls { get; } = new()
    {
        ["to(type)"] = module => module.to(ScalarType.BFloat16),
        ["to(device)"] = module => module.to(Listing.ShapesOnly),
        ["to(device, type)"] = module => module.to(Listing.ShapesOnly, ScalarType.Float32),
        ["to(device, type) here"] = module => module.to(CPU, ScalarType.Float64),
        ["to(device type)"] = module => module.to(DeviceType.META),
        ["to(device name)"] = module => module.to("meta"),
        ["to(other)"] = module => module.to(empty(0, ScalarType.Float32, Listing.ShapesOnly)),
        ["cuda"] = module => module.cuda(),
        ["cuda:1"] = module => module.cuda(1),
        ["half"] = module => module.half(),
        ["double"] = module => module.@double(),
        ["_to(other)"] = module => module._to(empty(0, ScalarType.Float16), false),
    };

    [Theory]
    [MemberData(nameof(Moves))]
    public void Every_way_to_move_or_cast_is_refused_with_advice_and_changes_nothing(string call)
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraForPreTraining(Config, seed: 3);
        model.eval();
        Tensor ids = TinyConfig.Ids(2, 6), before = model.forward(ids);
        nn.Module[] modules = [model, model.Electra, model.Electra.Embeddings, .. model.modules().Where(module => module is StationaryModule)];
        bool isAskedFirst = call.StartsWith("cuda", StringComparison.Ordinal) && !cuda.is_available(); // TorchSharp's own module refuses by itself
        foreach (nn.Module module in isAskedFirst ? modules : [.. modules, new Holder(model)])
        {
            string message = Assert.Throws<NotSupportedException>(() => Calls[call](module)).Message;
            Assert.Contains("ComputeDtype", message, StringComparison.Ordinal);
            Assert.Contains("device", message, StringComparison.Ordinal);
        }

        Assert.True(before.eq(model.forward(ids)).all().item<bool>());
        Assert.All(model.parameters(), parameter => Assert.Equal((DeviceType.CPU, ScalarType.Float32), (parameter.device_type, parameter.dtype)));
    }

    [Fact]
    public void Asking_for_what_is_so_already_is_no_move()
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraForMaskedLM(Config);
        Assert.Same(model, model.to(CPU).cpu().to(ScalarType.Float32).to(CPU, ScalarType.Float32).to(zeros(1)).@float());
        using var shapes = new ElectraForMaskedLM(Config, Listing.ShapesOnly);
        Assert.Same(shapes, shapes.to(DeviceType.META));
        Assert.Throws<NotSupportedException>(() => shapes.cpu());
    }

    [Fact]
    public void Every_module_of_the_library_stays_where_it_is()
    {
        Type[] modules = [.. typeof(ElectraModel).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(nn.Module)) && !type.IsAbstract)];
        Assert.NotEmpty(modules);
        Assert.All(modules, type => Assert.True(type.IsSubclassOf(typeof(StationaryModule)), type.Name));
    }

    // A module of somebody else's with a model in it.
    private sealed class Holder : nn.Module
    {
        public Holder(nn.Module held)
            : base(nameof(Holder)) => register_module("held", held);
    }
}
