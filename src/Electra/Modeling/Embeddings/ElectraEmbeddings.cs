using Electra.Configuration;
using Electra.Native;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Word + token-type + position embeddings, LayerNorm, dropout. One instance may serve both towers of a pre-training run: give it to the
/// constructors of both models. Towers that share it share its parameters, so dispose of them together.
/// </summary>
public sealed class ElectraEmbeddings : StationaryModule, IAddsGradients
{
    private readonly double _dropout;
    private EmbeddingParameters<Tensor?>? _gradients;

    [ComponentName(Name = "word_embeddings")]
    private readonly EmbeddingTable _words;

    [ComponentName(Name = "position_embeddings")]
    private readonly EmbeddingTable _positions;

    [ComponentName(Name = "token_type_embeddings")]
    private readonly EmbeddingTable _tokenTypes;

    [ComponentName(Name = "LayerNorm")]
    private readonly LayerNorm _layerNorm;

    /// <summary>Makes the tables, or shares the word and position tables of another instance and makes the rest.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="device">Where parameters live; null for the CPU.</param>
    /// <param name="seed">Of the initial weights.</param>
    /// <param name="tablesFrom">Whose word and position tables to share, not copy; null to make all.</param>
    /// <exception cref="ArgumentException">The shared tables have other sizes than <paramref name="config"/> says.</exception>
    public ElectraEmbeddings(ElectraConfig config, Device? device = null, long seed = 0, ElectraEmbeddings? tablesFrom = null)
        : this(config, new Initializer(device, seed, config.InitializerRange), tablesFrom, ownsInitializer: true)
    {
    }

    internal ElectraEmbeddings(ElectraConfig config, Initializer initializer)
        : this(config, initializer, tablesFrom: null, ownsInitializer: false)
    {
    }

    private ElectraEmbeddings(ElectraConfig config, Initializer initializer, ElectraEmbeddings? tablesFrom, bool ownsInitializer)
        : base(nameof(ElectraEmbeddings))
    {
        tablesFrom?.CheckFits(config, initializer.Device, nameof(tablesFrom));
        _dropout = config.HiddenDropoutProb;
        _words = tablesFrom?._words ?? new EmbeddingTable(initializer, config.VocabSize, config.EmbeddingSize, config.PadTokenId ?? -1);
        _positions = tablesFrom?._positions ?? new EmbeddingTable(initializer, config.MaxPositionEmbeddings, config.EmbeddingSize);
        _tokenTypes = new EmbeddingTable(initializer, config.TypeVocabSize, config.EmbeddingSize);
        _layerNorm = new LayerNorm(initializer, config.EmbeddingSize, config.LayerNormEps);
        if (ownsInitializer) initializer.Dispose();
        RegisterComponents();
    }

    /// <summary>The word table, float32 (vocab, embedding); the generator's output matrix too.</summary>
    public Parameter WordEmbeddings => _words.Weight;

    /// <summary>The position table, float32 (positions, embedding).</summary>
    public Parameter PositionEmbeddings => _positions.Weight;

    /// <summary>The token type table, float32 (types, embedding).</summary>
    internal Parameter TokenTypeEmbeddings => _tokenTypes.Weight;

    /// <summary>
    /// Overwrites the position table with sines and cosines of wavelengths from 2π to 20,000π (Vaswani et al. 2017, section 3.5), scaled to
    /// <paramref name="rootMeanSquare"/>. It stays a trained table.
    /// </summary>
    public void MakePositionsSinusoidal(double rootMeanSquare)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        (long positions, long size) = (PositionEmbeddings.shape[0], PositionEmbeddings.shape[1]);
        Tensor frequencies = pow(10_000, Whole((size + 1) / 2).mul(Scalars.Of(-2.0 / size))); // (size / 2)
        Tensor angles = Whole(positions).unsqueeze(1) * frequencies; // (positions, size / 2)
        Tensor waves = stack([angles.sin(), angles.cos()], -1).flatten(1).narrow(1, 0, size); // (positions, size)
        PositionEmbeddings.copy_(waves.mul(Scalars.Of(rootMeanSquare * Math.Sqrt(2))));

        static Tensor Whole(long count) => arange(Scalars.Of(0), Scalars.Of(count), Scalars.Of(1), ScalarType.Float32); // 0, 1, ...
    }

    /// <inheritdoc/>
    void IAddsGradients.AddToGradientsInPlace(bool inPlace)
    {
        ParameterGradients.Free(_gradients?.ToArray());
        _gradients = inPlace ? Parameters.Map(ParameterGradients.Kept) : null;
    }

    /// <summary>Embeds a batch; sums and LayerNorm are float32 whatever the result is.</summary>
    /// <param name="inputIds">int64 (batch, seq); null when <paramref name="inputsEmbeds"/> is given.</param>
    /// <param name="tokenTypeIds">int64 (batch, seq); null for all zero.</param>
    /// <param name="positionIds">int64 (batch or 1, seq); null for 0, 1, ...</param>
    /// <param name="inputsEmbeds">(batch, seq, embedding), in place of the word table's rows.</param>
    /// <param name="dropout">Where dropout seeds come from.</param>
    /// <param name="dtype">Of the result.</param>
    /// <param name="isFused">What <see cref="KernelGate.RunsEmbeddings"/> says.</param>
    /// <returns>(batch, seq, embedding)</returns>
    internal Tensor forward(
        Tensor? inputIds,
        Tensor? tokenTypeIds,
        Tensor? positionIds,
        Tensor? inputsEmbeds,
        DropoutStream dropout,
        ScalarType dtype,
        bool isFused)
    {
        if (inputIds is not null) _words.RequireRows(inputIds, nameof(inputIds));
        if (tokenTypeIds is not null) _tokenTypes.RequireRows(tokenTypeIds, nameof(tokenTypeIds));
        if (positionIds is not null) _positions.RequireRows(positionIds, nameof(positionIds));
        if (isFused) return Fused(inputIds!, tokenTypeIds, positionIds, dropout, dtype);
        using DisposeScope scope = NewDisposeScope();
        Tensor words = inputsEmbeds ?? _words.forward(inputIds!); // (batch, seq, embedding)
        Tensor positions = positionIds is null
            ? _positions.Weight.narrow(0, 0, words.shape[1]) // (seq, embedding)
            : _positions.forward(positionIds);
        Tensor types = tokenTypeIds is null
            ? _tokenTypes.Weight.narrow(0, 0, 1) // (1, embedding)
            : _tokenTypes.forward(tokenTypeIds);
        Tensor sum = words.add(types.add(positions, Scalars.One), Scalars.One); // the smaller sum first: without ids it has no batch dimension
        Tensor embedded = Modeling.Dropout.Apply(_layerNorm.forward(sum), _dropout, dropout, training);
        return Casting.Cast(embedded, dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) ParameterGradients.Free(_gradients?.ToArray());
        base.Dispose(disposing);
    }

    private EmbeddingParameters<Tensor> Parameters =>
        new(WordEmbeddings, PositionEmbeddings, _tokenTypes.Weight, _layerNorm.Weight, _layerNorm.Bias);

    private Tensor Fused(Tensor inputIds, Tensor? tokenTypeIds, Tensor? positionIds, DropoutStream dropout, ScalarType dtype)
    {
        DropoutMask mask = training && _dropout > 0 ? new DropoutMask((ulong)dropout.NextSeed(), _dropout) : default;
        EmbeddingPass pass = new(Parameters, _gradients, _words.PaddingId, _layerNorm.Epsilon, mask, dtype);
        return FusedEmbeddings.Run(inputIds, tokenTypeIds, positionIds, pass);
    }

    /// <summary>Checks that a tower of this configuration and device can share them.</summary>
    /// <exception cref="ArgumentException">Sizes or devices differ.</exception>
    internal void CheckFits(ElectraConfig config, Device device, string name)
    {
        if (!ModelInputs.IsOn(WordEmbeddings, device))
            throw new ArgumentException($"Shared embeddings are on {WordEmbeddings.device}, but the model is made on {device}; make both on one.", name);
        long[] words = _words.Weight.shape, positions = _positions.Weight.shape;
        if (words[0] != config.VocabSize || words[1] != config.EmbeddingSize || positions[0] != config.MaxPositionEmbeddings)
        {
            throw new ArgumentException(
                $"Shared embeddings have {words[0]} words, {positions[0]} positions and width {words[1]}, but the configuration asks for "
                + $"{config.VocabSize}, {config.MaxPositionEmbeddings} and {config.EmbeddingSize}; share between configurations of equal "
                + "vocab_size, max_position_embeddings and embedding_size.", name);
        }
    }
}
