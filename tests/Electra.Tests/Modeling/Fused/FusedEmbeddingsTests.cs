using Electra.Modeling;
using Electra.Native;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Electra.Tests.Modeling.Fused;

public class FusedEmbeddingsTests
{
    private const int Words = 40, Positions = 24, Types = 3, Width = 48;
    private const double Epsilon = 1e-5;
    private static readonly string[] Names = ["words", "positions", "types", "norm weight", "norm bias"];

    // token types or none; rows of position ids, 0 for none; dropout; the word without a gradient
    public static TheoryData<bool, int, double, int> Cases => new()
    {
        { false, 0, 0, 0 },
        { true, 0, 0.3, 0 },
        { false, 1, 0.3, 5 },
        { true, 4, 0, 5 },
        { true, 4, 0.3, -1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Output_and_every_gradient_agree_with_the_composed_way(bool types, int positionRows, double dropout, int padding) =>
        Compare(types, positionRows, dropout, padding, ScalarType.Float32, 1e-6);

    [Theory]
    [MemberData(nameof(Cases))]
    public void In_bfloat16_it_agrees_to_the_precision_of_bfloat16(bool types, int positionRows, double dropout, int padding) =>
        Compare(types, positionRows, dropout, padding, ScalarType.BFloat16, 4e-3);

    private static void Compare(bool types, int positionRows, double dropout, int padding, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(9);
        EmbeddingParameters<Tensor> parameters = Parameters(generator);
        // Twenty rows of five words, each there several times; ids in an order of memory that is not theirs.
        Tensor ids = (arange(20, ScalarType.Int64) * 7 % 5 * 5).view(5, 4).t();
        Tensor? typeIds = types ? (arange(20, ScalarType.Int64) % Types).view(5, 4).t() : null;
        Tensor? positionIds = positionRows == 0 ? null : (arange(positionRows * 5, ScalarType.Int64) * 11 % Positions).view(positionRows, 5);
        var mask = new DropoutMask(77, dropout);
        Tensor gradient = TorchSharp.torch.randn([4, 5, Width], generator: generator).to(dtype).to(ScalarType.Float32);

        Tensor expected = Composed(parameters, ids, typeIds, positionIds, padding) * DropoutFactors.Of(mask, 4, 5, Width);
        expected.backward([gradient]);
        Tensor[] all = parameters.ToArray(), expectedGradients = [.. all.Select(t => t.grad!.clone())];
        foreach (bool inPlace in new[] { false, true })
        {
            Tensor[] before = [.. all.Select(t => TorchSharp.torch.randn(t.shape, generator: generator))]; // what is there is added to
            for (int i = 0; i < all.Length; i++) all[i].grad!.copy_(before[i]);
            EmbeddingPass pass = new(
                parameters, inPlace ? parameters.Map(parameter => parameter.grad) : null, padding, Epsilon, mask, dtype);
            Tensor actual = FusedEmbeddings.Run(ids, typeIds, positionIds, pass);
            Assert.Equal(dtype, actual.dtype);
            actual.to(ScalarType.Float32).backward([gradient]);
            Near.Assert(expected, actual.to(ScalarType.Float32), tolerance, "output");
            for (int i = 0; i < all.Length; i++) Near.Assert(expectedGradients[i], all[i].grad! - before[i], tolerance, $"{Names[i]}, in place: {inPlace}");
            if (padding >= 0) Assert.True(all[0].grad![padding].eq(before[0][padding]).all().item<bool>(), "the padding id has a gradient");
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 0, 0)]
    [InlineData(ScalarType.Float32, 0.2, 0)]
    [InlineData(ScalarType.BFloat16, 0, 0.008)] // one rounding either way
    public void The_module_gives_the_same_with_and_without_its_node(ScalarType dtype, double dropout, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var embeddings = new ElectraEmbeddings(TinyConfig.Value with { HiddenDropoutProb = dropout, EmbeddingSize = 32 }, seed: 3);
        Tensor ids = TinyConfig.Ids(3, 9), types = ids % 2;
        ids[1, 8] = 0;
        Dictionary<string, Tensor> Gradients(bool fused, out Tensor output)
        {
            embeddings.zero_grad();
            output = embeddings.forward(ids, types, null, null, new DropoutStream(4), dtype, fused);
            output.to(ScalarType.Float32).pow(3).sum().backward();
            return embeddings.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());
        }

        Dictionary<string, Tensor> expected = Gradients(false, out Tensor composed), actual = Gradients(true, out Tensor fused);
        float difference = ((composed - fused).abs() / (composed.abs() + 0.01)).max().to(ScalarType.Float32).item<float>();
        Assert.InRange(difference, 0, tolerance + 1e-4);
        Assert.Equal(5, expected.Count);
        foreach (string name in expected.Keys) Near.Assert(expected[name], actual[name], Math.Max(tolerance, 1e-5), name);
    }

    [Fact]
    public void A_word_at_every_place_gets_the_sum_of_all_gradients()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(9);
        EmbeddingParameters<Tensor> parameters = Parameters(generator);
        EmbeddingPass pass = new(parameters, null, -1, Epsilon, default, ScalarType.Float32);
        FusedEmbeddings.Run(full([30, 8], 7, ScalarType.Int64), null, null, pass).pow(3).sum().backward();
        Tensor sum = parameters.Positions.grad!.sum([0]);
        Near.Assert(sum, parameters.Words.grad![7], 1e-5, "word");
        Near.Assert(sum, parameters.Types.grad![0], 1e-5, "type");
        Assert.Equal(sum.ne(0).sum().item<long>(), parameters.Words.grad!.ne(0).sum().item<long>()); // and no other word one
    }

    [Theory]
    [InlineData(-1, "Ids from -1 to 7")]
    [InlineData(long.MinValue, "Ids from -9223372036854775808 to 7")]
    [InlineData(99, "Ids from 6 to 99")]
    [InlineData(long.MaxValue, "Ids from 6 to 9223372036854775807")]
    public void An_id_that_no_table_has_is_named_with_its_range(long id, string range)
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraModel(TinyConfig.Value);
        Tensor valid = zeros([1, 3], ScalarType.Int64), wrong = tensor(new[] { 6, id, 7 }).view(1, 3);
        foreach (bool fused in new[] { true, false })
        {
            model.UseFusedKernels = fused;
            string Message(Action call) => Assert.Throws<ArgumentException>(call).Message;
            Assert.StartsWith($"{range} were looked up in a table of 99 rows", Message(() => model.forward(wrong)), StringComparison.Ordinal);
            Assert.StartsWith(
                $"{range} were looked up in a table of 2 rows", Message(() => model.forward(valid, tokenTypeIds: wrong)), StringComparison.Ordinal);
            Assert.StartsWith(
                $"{range} were looked up in a table of 40 rows", Message(() => model.forward(valid, positionIds: wrong)), StringComparison.Ordinal);
        }

        model.forward(valid + 98, null, valid + 1, valid + 39).Dispose(); // the last rows are rows
    }

    private static EmbeddingParameters<Tensor> Parameters(Generator generator)
    {
        Tensor Random(params long[] shape) => TorchSharp.torch.randn(shape, generator: generator).requires_grad_(true);
        return new(Random(Words, Width), Random(Positions, Width), Random(Types, Width), Random(Width), Random(Width));
    }

    private static Tensor Composed(EmbeddingParameters<Tensor> p, Tensor ids, Tensor? typeIds, Tensor? positionIds, long padding)
    {
        Tensor LookUp(Tensor table, Tensor at) => table.index_select(0, at.flatten()).view(at.size(0), at.size(1), Width);
        Tensor words = LookUp(p.Words, ids);
        words = where(ids.eq(padding).unsqueeze(-1), words.detach(), words);
        Tensor positions = LookUp(p.Positions, positionIds ?? arange(ids.size(1), ScalarType.Int64).unsqueeze(0));
        Tensor types = LookUp(p.Types, typeIds ?? zeros_like(ids));
        return F.layer_norm(words + types + positions, [Width], p.NormWeight, p.NormBias, Epsilon);
    }
}
