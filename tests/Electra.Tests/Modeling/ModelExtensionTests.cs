using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Pretraining;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class ModelExtensionTests
{
    private static readonly ElectraConfig Config = SyntheticCorpus.Config();

    [Fact]
    public void New_positions_are_the_old_ones_over_again_and_short_texts_give_the_same()
    {
        using var scope = NewDisposeScope();
        using ElectraForPreTraining model = Fresh<ElectraForPreTraining>(), longer = model.WithPositions(100);
        Assert.Equal(100, longer.Config.MaxPositionEmbeddings);
        Assert.False(longer.training);
        Tensor old = model.Electra.Embeddings.PositionEmbeddings, table = longer.Electra.Embeddings.PositionEmbeddings;
        Assert.Equal([100L, 16L], table.shape);
        for (int row = 0; row < 100; row++) AssertSame(old[row % 40], table[row]);
        Tensor ids = Ids(40);
        AssertSame(model.forward(ids), longer.forward(ids));
        longer.forward(Ids(100));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.WithPositions(39));
    }

    [Fact]
    public void New_words_are_the_means_of_their_pieces_and_old_texts_give_the_same()
    {
        using var scope = NewDisposeScope();
        using ElectraForMaskedLM model = Fresh<ElectraForMaskedLM>();
        using (no_grad()) model.named_parameters().First(item => item.name == "generator_lm_head.bias").parameter.normal_();
        using ElectraForMaskedLM larger = model.WithWords([[7, 9], [20], [5, 6, 7]]);
        Assert.Equal(Config.VocabSize + 3, larger.Config.VocabSize);
        foreach (string name in new[] { "electra.embeddings.word_embeddings.weight", "generator_lm_head.bias" })
        {
            Tensor old = Parameter(model, name), table = Parameter(larger, name);
            AssertSame(old, table.narrow(0, 0, Config.VocabSize));
            AssertSame((old[7] + old[9]) / 2, table[Config.VocabSize]);
            AssertSame(old[20], table[Config.VocabSize + 1]);
            Assert.True(allclose((old[5] + old[6] + old[7]) / 3, table[Config.VocabSize + 2], 1e-6, 1e-7));
        }

        Tensor ids = Ids(12);
        Assert.True(allclose(model.forward(ids), larger.forward(ids).narrow(-1, 0, Config.VocabSize), 1e-5, 1e-6));
    }

    [Fact]
    public void Rows_that_no_token_had_are_used_before_the_table_grows()
    {
        using var scope = NewDisposeScope();
        using ElectraModel model = Fresh<ElectraModel>(), same = model.WithWords([[7, 9]], firstId: 98), larger = model.WithWords([[7], [8]], firstId: 98);
        Assert.Equal((99, 100), (same.Config.VocabSize, larger.Config.VocabSize));
        Tensor old = model.Embeddings.WordEmbeddings;
        AssertSame((old[7] + old[9]) / 2, same.Embeddings.WordEmbeddings[98]);
        AssertSame(old[8], larger.Embeddings.WordEmbeddings[99]);
    }

    [Fact]
    public void Words_without_pieces_that_are_tokens_are_refused()
    {
        using ElectraModel model = Fresh<ElectraModel>();
        Assert.Throws<ArgumentException>(() => model.WithWords([[]]));
        Assert.Throws<ArgumentException>(() => model.WithWords([[99]]));
        Assert.Throws<ArgumentException>(() => model.WithWords([[5]], firstId: 100));
    }

    private static TModel Fresh<TModel>()
        where TModel : nn.Module, IElectraModule<TModel>
    {
        TModel model = TModel.Create(Config, null, 4);
        model.eval();
        return model;
    }

    private static Tensor Ids(int length) => (arange(length, dtype: ScalarType.Int64) + 5).unsqueeze(0) % 99;

    private static Parameter Parameter(nn.Module model, string name) => model.named_parameters().First(item => item.name == name).parameter;

    private static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.eq(actual).all().item<bool>());
    }
}
