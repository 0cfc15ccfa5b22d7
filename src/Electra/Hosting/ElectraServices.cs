using Electra.Inference;
using Microsoft.Extensions.DependencyInjection;

namespace Electra.Hosting;

/// <summary>
/// Models as services of an application: one instance each, loaded when it is first asked for, used by all threads, freed with the application. Options
/// are checked when the application starts. With a key there can be several of a kind.
/// </summary>
public static class ElectraServices
{
    /// <summary>Adds a <see cref="TextClassifier"/>.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configure">Sets <see cref="PredictorOptions.Folder"/> and what else is to differ.</param>
    /// <param name="key">By which it is asked for. <value>Default: without a key.</value></param>
    public static IServiceCollection AddElectraClassifier(this IServiceCollection services, Action<PredictorOptions> configure, object? key = null) =>
        Add(services, configure, key, options => TextClassifier.FromPretrained(options.Folder, options.ToInference()));

    /// <summary>Adds a <see cref="ZeroShotClassifier"/>.</summary>
    /// <inheritdoc cref="AddElectraClassifier" path="/param"/>
    public static IServiceCollection AddElectraZeroShotClassifier(this IServiceCollection services, Action<PredictorOptions> configure, object? key = null) =>
        Add(services, configure, key, options => ZeroShotClassifier.FromPretrained(options.Folder, options.Prompt, options.ToInference()));

    /// <summary>Adds a <see cref="TextRegressor"/>.</summary>
    /// <inheritdoc cref="AddElectraClassifier" path="/param"/>
    public static IServiceCollection AddElectraRegressor(this IServiceCollection services, Action<PredictorOptions> configure, object? key = null) =>
        Add(services, configure, key, options => TextRegressor.FromPretrained(options.Folder, options.ToInference()));

    /// <summary>Adds a <see cref="TokenClassifier"/>.</summary>
    /// <inheritdoc cref="AddElectraClassifier" path="/param"/>
    public static IServiceCollection AddElectraTokenClassifier(this IServiceCollection services, Action<PredictorOptions> configure, object? key = null) =>
        Add(services, configure, key, options => TokenClassifier.FromPretrained(options.Folder, options.ToInference()));

    /// <summary>Adds a <see cref="QuestionAnswerer"/>.</summary>
    /// <inheritdoc cref="AddElectraClassifier" path="/param"/>
    public static IServiceCollection AddElectraQuestionAnswerer(this IServiceCollection services, Action<PredictorOptions> configure, object? key = null) =>
        Add(services, configure, key, options => QuestionAnswerer.FromPretrained(
            options.Folder, options.ToInference(), noAnswerThreshold: options.NoAnswerThreshold));

    /// <summary>Adds a <see cref="TextEmbedder"/>, which is asked for by that name or as an embedding generator of Microsoft.Extensions.AI.</summary>
    /// <inheritdoc cref="AddElectraClassifier" path="/param"/>
    public static IServiceCollection AddElectraEmbedder(this IServiceCollection services, Action<PredictorOptions> configure, object? key = null) =>
        Add(services, configure, key, options => TextEmbedder.FromPretrained(options.Folder, options.Embedding, options.ToInference())).AddGenerator(key);

    /// <summary>Adds a <see cref="CrossEncoder"/>, which ranks passages for a query.</summary>
    /// <inheritdoc cref="AddElectraClassifier" path="/param"/>
    public static IServiceCollection AddElectraReranker(this IServiceCollection services, Action<PredictorOptions> configure, object? key = null) =>
        Add(services, configure, key, options => CrossEncoder.FromPretrained(options.Folder, options.ToInference()));

    private static IServiceCollection Add<TPredictor>(
        IServiceCollection services, Action<PredictorOptions> configure, object? key, Func<PredictorOptions, TPredictor> load)
        where TPredictor : class => PredictorServices.Add(services, configure, key, load);
}
