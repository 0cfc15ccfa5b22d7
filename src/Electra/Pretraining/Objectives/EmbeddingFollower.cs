using Electra.Modeling;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Gradient-disentangled embedding sharing: the discriminator's word and position tables are the generator's plus a difference, and its gradient trains
/// the difference alone. The sum is what is stored and trained; after each update it is moved by what the generator's tables were moved, which comes to
/// the same, so that a checkpoint and a saved folder hold ordinary tables. (Weight decay acts on the sum, not on the difference.)
/// </summary>
internal sealed class EmbeddingFollower : IDisposable
{
    private readonly (Tensor Leader, Tensor Follower, Tensor Before)[] _tables;

    /// <summary>Takes the tables of both.</summary>
    /// <param name="generator">Whose tables lead.</param>
    /// <param name="discriminator">Whose tables follow.</param>
    public EmbeddingFollower(ElectraEmbeddings generator, ElectraEmbeddings discriminator)
    {
        using var _ = no_grad();
        _tables = [Pair(generator.WordEmbeddings, discriminator.WordEmbeddings), Pair(generator.PositionEmbeddings, discriminator.PositionEmbeddings)];

        static (Tensor, Tensor, Tensor) Pair(Tensor leader, Tensor follower) => (leader, follower, leader.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>The follower that a model's options ask for; null where they ask for none.</summary>
    public static EmbeddingFollower? Of(ElectraPretrainingModel model) =>
        model.HasGenerator && model.Options.EmbeddingSharing == EmbeddingSharing.GradientDisentangled
            ? new EmbeddingFollower(model.Generator.Electra.Embeddings, model.Encoder.Electra.Embeddings)
            : null;

    /// <summary>Makes a discriminator's tables those of the generator: a difference of nothing.</summary>
    public static void Start(ElectraEmbeddings generator, ElectraEmbeddings discriminator)
    {
        using var _ = no_grad();
        discriminator.WordEmbeddings.copy_(generator.WordEmbeddings);
        discriminator.PositionEmbeddings.copy_(generator.PositionEmbeddings);
    }

    /// <summary>Remembers where the leaders are; called before an update.</summary>
    public void Remember()
    {
        using var withoutGradient = no_grad();
        foreach ((Tensor leader, _, Tensor before) in _tables) before.copy_(leader);
    }

    /// <summary>Moves the followers by what the leaders were moved since; called after an update.</summary>
    public void Follow()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach ((Tensor leader, Tensor follower, Tensor before) in _tables) follower.add_(leader.sub(before), Scalars.One);
    }

    public void Dispose()
    {
        foreach ((_, _, Tensor before) in _tables) before.Dispose();
    }
}
