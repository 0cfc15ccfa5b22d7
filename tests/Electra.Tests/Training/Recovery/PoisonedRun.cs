using Electra.Data;
using Electra.Distributed;
using Electra.Pretraining;
using Electra.Tests.Pretraining;

namespace Electra.Tests.Training;

/// <summary>A small run on whose batches something goes wrong.</summary>
internal sealed class PoisonedRun : IDisposable
{
    private readonly PretrainingDataset _data;
    private readonly ElectraPretrainingModel _model;

    /// <param name="folder">Where shards and output lie.</param>
    /// <param name="options">As <see cref="PretrainingRun"/> makes them.</param>
    /// <param name="poison">What goes wrong with a batch, by its number.</param>
    /// <param name="observer">Passed to the trainer.</param>
    /// <param name="group">Passed to the trainer.</param>
    public PoisonedRun(string folder, PretrainingOptions options, Func<int, Poison>? poison = null, IPretrainingObserver? observer = null, IProcessGroup? group = null)
    {
        string shards = Path.Combine(folder, "shards");
        if (!TokenShardManifest.Exists(shards)) SyntheticCorpus.Write(shards);
        _data = PretrainingDataset.Open(shards, options.Data);
        _model = new ElectraPretrainingModel(SyntheticCorpus.Config(0.1), options.Model);
        Trainer = new PretrainingTrainer(
            _model.Config, _model.Device,
            masker => new PoisonedObjective(
                PretrainingObjectives.Of(_model, masker, () => UnigramModel.Of(_data.Training.Corpus, _model.Config.VocabSize, _data.Manifest.Vocabulary.SpecialIds)),
                Batches, poison ?? (_ => Poison.None)),
            _data, options, observer, group: group);
    }

    public PretrainingTrainer Trainer { get; }

    /// <summary>The numbers of the batches that were read, in order.</summary>
    public List<int> Batches { get; } = [];

    public float[] Weights() => [.. _model.NamedParameters().SelectMany(p => p.Parameter.detach().contiguous().view(-1).data<float>().ToArray())];

    public void Dispose()
    {
        Trainer.Dispose();
        _model.Dispose();
        _data.Dispose();
    }

    /// <summary>The numbers of the first batches of a run.</summary>
    public static int[] FirstBatches(string folder, PretrainingOptions options, int count)
    {
        using var run = new PoisonedRun(folder, options with { OutputFolder = Path.Combine(folder, "first") });
        for (int i = 0; i < count; i++) run.Trainer.Step();
        return [.. run.Batches];
    }
}
