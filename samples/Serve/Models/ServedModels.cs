using Electra.Samples.Serve.Limits;
using Electra.Samples.Serve.Options;

namespace Electra.Samples.Serve.Models;

/// <summary>The models, by their names.</summary>
internal sealed class ServedModels(ServePlan plan)
{
    private volatile IReadOnlyDictionary<string, ServedModel> _loaded = new Dictionary<string, ServedModel>();

    /// <summary>All of them, none before they are loaded.</summary>
    public IEnumerable<ServedModel> All => _loaded.Values;

    /// <summary>Lets them be found.</summary>
    public void Publish(IEnumerable<ServedModel> models) => _loaded = models.ToDictionary(model => model.Description.Name);

    /// <summary>The model that a request means.</summary>
    /// <param name="kind">What it must do.</param>
    /// <param name="name">As the request says; null where it says nothing, and there is one alone.</param>
    /// <exception cref="RequestException">There is no such model, there are several, or they are still being loaded.</exception>
    public ServedModel<TInput, TOutput> Find<TInput, TOutput>(ModelKind kind, string? name)
    {
        string[] names = [.. plan.Models.Where(model => model.Kind == kind).Select(model => model.Name)];
        string told = string.Join(", ", names);
        if (name is null && names.Length > 1) throw RequestException.Wrong($"Several models do this: name one of {told} as model.");
        name ??= names[0];
        if (!names.Contains(name)) throw RequestException.NotFound($"There is no model '{name}' here that does this, but {told}.");
        return _loaded.GetValueOrDefault(name) as ServedModel<TInput, TOutput> ?? throw RequestException.Unavailable("The model is being loaded; try again in a moment.");
    }
}
