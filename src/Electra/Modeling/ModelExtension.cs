using Electra.Configuration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Models with more words or positions than they were trained with: all they have learned is kept, new rows begin as old ones.</summary>
public static class ModelExtension
{
    /// <summary>
    /// A copy of a model with a longer position table: row p is the old row p modulo the old length, as Longformer begins (Beltagy et al. 2020, arXiv
    /// 2004.05150). On what fitted before it computes the same.
    /// </summary>
    /// <param name="model">The model, which stays the caller's.</param>
    /// <param name="positions">Rows of the new table; at least those of the old one.</param>
    /// <returns>float32, on the same device, owned by the caller.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There would be fewer than now.</exception>
    public static TModel WithPositions<TModel>(this TModel model, int positions)
        where TModel : nn.Module, IElectraModule<TModel> =>
        Copy(model, ExtraRows.Positions(positions, model.Config));

    /// <summary>
    /// A copy of a model with a row of the word table, and of the masked LM's output bias, for each new word: the mean of the rows of the pieces
    /// that the word was spelled with. On what it could read before it computes the same (and a masked LM has more words to choose from).
    /// </summary>
    /// <param name="model">The model, which stays the caller's.</param>
    /// <param name="pieces">For each new word the ids of its pieces, at least one.</param>
    /// <param name="firstId">
    /// The id of the first new word: the number of the tokenizer's tokens, which may be below <see cref="ElectraConfig.VocabSize"/>; rows that no token had are used then.
    /// <value>Default: <see cref="ElectraConfig.VocabSize"/>.</value>
    /// </param>
    /// <returns>float32, on the same device, owned by the caller.</returns>
    /// <exception cref="ArgumentException">A word has no pieces, or one that is no token; or the first id is no row and not the one after the last.</exception>
    public static TModel WithWords<TModel>(this TModel model, IReadOnlyList<IReadOnlyList<int>> pieces, int? firstId = null)
        where TModel : nn.Module, IElectraModule<TModel> =>
        Copy(model, ExtraRows.Words(pieces, firstId, model.Config));

    private static TModel Copy<TModel>(TModel model, ExtraRows rows)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        IReadOnlyList<(string Name, Parameter Parameter)> old = ParameterListing.Distinct((string.Empty, model));
        TModel extended = TModel.Create(rows.In(model.Config), old[0].Parameter.device, seed: 0);
        rows.Copy(old, ParameterListing.Distinct((string.Empty, extended)));
        if (!model.training) extended.eval();
        return extended;
    }
}
