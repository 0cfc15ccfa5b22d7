using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Tests.Native;

public class AtenTests
{
    [Fact]
    public void An_operator_called_by_name_gives_the_same_and_carries_gradients()
    {
        using var scope = NewDisposeScope();
        Tensor a = randn(4, 3, requires_grad: true), b = randn(3, 5);
        Span<ulong> stack = [Aten.Argument(a), Aten.Argument(b)];
        Aten.Call("aten::mm"u8, default, stack);
        Tensor product = Aten.Result(stack[0]);
        product.sum().backward();
        Assert.True(product.allclose(mm(a, b)));
        Assert.True(a.grad!.allclose(b.sum(1).unsqueeze(0).expand_as(a)));
    }

    [Fact]
    public void An_unknown_operator_is_named_in_the_error()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Aten.Call("aten::no_such_operator"u8, default, new ulong[1]));
        Assert.Contains("aten::no_such_operator", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fused_AdamW_agrees_with_the_formula()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        const double rate = 0.01, beta1 = 0.9, beta2 = 0.999, decay = 0.1, epsilon = 1e-6;
        Tensor p = randn(1000), g = randn(1000), m = zeros(1000), v = zeros(1000), scale = tensor(4f);
        Tensor expected = p * (1 - (rate * decay)), gradient = g / 4;
        Tensor m1 = gradient * (1 - beta1), v1 = gradient * gradient * (1 - beta2);
        expected -= rate * (m1 / (1 - beta1)) / ((v1 / (1 - beta2)).sqrt() + epsilon);
        Aten.FusedAdamW([p], [g], [m], [v], [ones(Array.Empty<long>())], rate, beta1, beta2, decay, epsilon, scale);
        Assert.True((p - expected).abs().max().item<float>() < 1e-6);
        Assert.True(m.allclose(m1));
    }
}
