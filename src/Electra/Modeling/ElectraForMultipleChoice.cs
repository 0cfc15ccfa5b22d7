using Electra.Configuration;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The encoder and a head that gives each of several continuations one score.</summary>
public sealed class ElectraForMultipleChoice : ElectraHeadModel, IElectraModule<ElectraForMultipleChoice>
{
    [ComponentName(Name = "sequence_summary")]
    private readonly SequenceSummary _summary;

    [ComponentName(Name = "classifier")]
    private readonly Dense _classifier;

    /// <summary>Makes the model with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    public ElectraForMultipleChoice(ElectraConfig config, Device? device = null, long seed = 0)
        : base(nameof(ElectraForMultipleChoice), config, device, seed, sharedEmbeddings: null, out Initializer initializer)
    {
        using (initializer)
        {
            _summary = new SequenceSummary(config, initializer);
            _classifier = Dense.Glorot(initializer, config.HiddenSize, 1);
        }

        RegisterComponents();
    }

    /// <summary>Scores each choice.</summary>
    /// <param name="inputIds">int64 (batch, choices, seq): the question with each choice</param>
    /// <param name="attentionMask">(batch, choices, seq); null when nothing is padded</param>
    /// <param name="tokenTypeIds">int64 (batch, choices, seq); null for all zero</param>
    /// <returns>float32 logits (batch, choices)</returns>
    /// <exception cref="ArgumentException">
    /// A tensor has another shape or dtype, or a sequence is longer than the position table.
    /// </exception>
    public Tensor forward(Tensor inputIds, Tensor? attentionMask = null, Tensor? tokenTypeIds = null)
    {
        if (inputIds.dim() != 3)
            throw new ArgumentException($"inputIds must be int64 (batch, choices, seq), not of rank {inputIds.dim()}.", nameof(inputIds));
        foreach ((Tensor? given, string name) in new[] { (attentionMask, nameof(attentionMask)), (tokenTypeIds, nameof(tokenTypeIds)) })
        {
            if (given is not null && !given.shape.AsSpan().SequenceEqual(inputIds.shape))
                throw new ArgumentException($"{name} must have the shape ({string.Join(", ", inputIds.shape)}) of inputIds, not ({string.Join(", ", given.shape)}).", name);
        }

        using DisposeScope scope = NewDisposeScope();
        (long batch, long choices, long length) = (inputIds.shape[0], inputIds.shape[1], inputIds.shape[2]);
        Tensor? Flatten(Tensor? given) => given?.reshape(-1, length); // (batch x choices, seq)
        return Logits(Flatten(inputIds), Flatten(attentionMask), Flatten(tokenTypeIds)).view(batch, choices).MoveToOuterDisposeScope();
    }

    private protected override bool ReadsFirstOnly => true;

    private protected override Tensor Head(Tensor hidden) => _classifier.forward(_summary.forward(hidden, Electra.Dropout)); // (batch x choices, 1)

    static ElectraForMultipleChoice IElectraModule<ElectraForMultipleChoice>.Create(ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}
