using Electra.Pretraining;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

public class ReplacementSamplerTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void Samples_follow_the_distribution(double temperature)
    {
        using var scope = NewDisposeScope();
        const int words = 300, draws = 40_000;
        using var generator = new Generator(1);
        Tensor logits = randn([1, 1, words], generator: generator) * 2;
        Tensor expected = (logits / temperature).softmax(-1).view(-1);
        Tensor logProbabilities = logits.log_softmax(-1).expand(1, draws, words).contiguous();
        Tensor samples = ReplacementSampler.Sample(logProbabilities, rand([1, draws], generator: generator), temperature);
        Tensor counts = samples.view(-1).bincount(null, words).to(ScalarType.Float32);
        // Pearson's statistic over words expected at least five times: about one per degree of freedom.
        Tensor often = expected.mul(draws).ge(5);
        Tensor want = expected.mul(draws).masked_select(often);
        double degrees = often.sum().item<long>();
        double statistic = (counts.masked_select(often) - want).square().div(want).sum().item<float>();
        Assert.InRange(statistic, degrees - (5 * Math.Sqrt(2 * degrees)), degrees + (5 * Math.Sqrt(2 * degrees)));
    }

    [Fact]
    public void A_certain_word_is_always_drawn_and_an_impossible_one_never()
    {
        using var scope = NewDisposeScope();
        foreach (long words in new[] { 1L, 127, 128, 129, 1000 })
        {
            Tensor logits = full([2, 50, words], float.NegativeInfinity);
            logits[.., .., (int)words - 1] = 0;
            Tensor uniform = rand(2, 50);
            uniform[0, 0] = 0;
            uniform[0, 1] = 1 - (1f / (1 << 24));
            Assert.True(ReplacementSampler.Sample(logits, uniform).eq(words - 1).all().item<bool>());
        }
    }

    [Fact]
    public void A_low_temperature_takes_the_likeliest_word()
    {
        using var scope = NewDisposeScope();
        Tensor likeliest = randint(500, [3, 20], ScalarType.Int64); // by far: two that are nearly as likely would both be right
        Tensor logits = (randn(3, 20, 500) + (10 * nn.functional.one_hot(likeliest, 500))).log_softmax(-1);
        Assert.True(ReplacementSampler.Sample(logits, rand(3, 20), 1e-4).equal(likeliest).all().item<bool>());
        Assert.Throws<ArgumentOutOfRangeException>(() => ReplacementSampler.Sample(logits, rand(3, 20), 0));
    }

    [Fact]
    public void Samples_carry_no_gradient_and_survive_a_diverged_generator()
    {
        using var scope = NewDisposeScope();
        Tensor logits = randn([1, 4, 200], requires_grad: true);
        Assert.False(ReplacementSampler.Sample(logits.log_softmax(-1), rand(1, 4)).requires_grad);
        Tensor lost = ReplacementSampler.Sample(full([1, 4, 200], float.NaN), rand(1, 4));
        Assert.True(lost.lt(200).logical_and(lost.ge(0)).all().item<bool>());
    }

    [Fact]
    public void Chunks_do_not_change_the_samples()
    {
        using var scope = NewDisposeScope();
        Tensor logits = randn(4, 100, 4000).log_softmax(-1); // 1.6 M entries: two chunks
        Tensor uniform = rand(4, 100);
        Tensor whole = ReplacementSampler.Sample(logits, uniform);
        Tensor part = ReplacementSampler.Sample(logits.narrow(0, 3, 1), uniform.narrow(0, 3, 1));
        Assert.True(whole.narrow(0, 3, 1).equal(part).all().item<bool>());
    }
}
