using Electra.Configuration;
using Electra.Modeling;
using Electra.Pretraining;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining.Evaluation;

public class DiscriminatorScorerTests
{
    private static ElectraForPreTraining Model() => new(new ElectraConfig
    {
        VocabSize = 50,
        EmbeddingSize = 12,
        HiddenSize = 18,
        NumHiddenLayers = 2,
        NumAttentionHeads = 3,
        IntermediateSize = 20,
        MaxPositionEmbeddings = 10,
    });

    [Fact]
    public void Scores_do_not_depend_on_what_shares_the_batch()
    {
        using ElectraForPreTraining model = Model();
        int[][] sequences = [[7, 8, 9, 10, 11, 12], [20], [], [30, 31, 32]];
        IReadOnlyList<float[]> together = new DiscriminatorScorer(model, 2, 3, batchSize: 3).Score(sequences);
        for (int i = 0; i < sequences.Length; i++)
        {
            float[] alone = new DiscriminatorScorer(model, 2, 3).Score([sequences[i]])[0];
            Assert.Equal(sequences[i].Length, together[i].Length);
            for (int t = 0; t < alone.Length; t++) Assert.Equal(alone[t], together[i][t], 1e-4f);
        }
    }

    [Fact]
    public void Scores_are_the_logits_between_cls_and_sep_and_training_mode_comes_back()
    {
        using ElectraForPreTraining model = Model();
        model.train();
        float[] scores = new DiscriminatorScorer(model, 2, 3).Score([[7, 8, 9]])[0];
        Assert.True(model.training);
        model.eval();
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        float[] logits = model.forward(tensor(new long[,] { { 2, 7, 8, 9, 3 } })).data<float>().ToArray();
        for (int t = 0; t < 3; t++) Assert.Equal(logits[t + 1], scores[t], 1e-4f);
    }

    [Fact]
    public void Sequences_over_the_position_table_are_refused()
    {
        using ElectraForPreTraining model = Model();
        Assert.Throws<ArgumentException>(() => new DiscriminatorScorer(model, 2, 3).Score([new int[9]]));
    }
}
