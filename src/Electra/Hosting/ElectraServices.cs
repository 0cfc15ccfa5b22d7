using System.Diagnostics;
using Electra.Inference;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

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
    public static IServiceCollection AddElectraEmbedder(this IServiceCollection services, Action<PredictorOptions> configure, object? key = null)
    {
        Add(services, configure, key, options => TextEmbedder.FromPretrained(options.Folder, options.Embedding, options.ToInference()));
        return key is null
            ? services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(provider => provider.GetRequiredService<TextEmbedder>())
            : services.AddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(key, (provider, own) => provider.GetRequiredKeyedService<TextEmbedder>(own));
    }

    /// <summary>Adds a <see cref="CrossEncoder"/>, which ranks passages for a query.</summary>
    /// <inheritdoc cref="AddElectraClassifier" path="/param"/>
    public static IServiceCollection AddElectraReranker(this IServiceCollection services, Action<PredictorOptions> configure, object? key = null) =>
        Add(services, configure, key, options => CrossEncoder.FromPretrained(options.Folder, options.ToInference()));

    private static IServiceCollection Add<TPredictor>(
        IServiceCollection services, Action<PredictorOptions> configure, object? key, Func<PredictorOptions, TPredictor> load)
        where TPredictor : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        string name = key is null ? typeof(TPredictor).Name : $"{typeof(TPredictor).Name} {key}";
        services.AddOptions<PredictorOptions>(name).Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PredictorOptions>>(new OptionsCheck(name));
        return key is null ? services.AddSingleton(Load) : services.AddKeyedSingleton(key, (provider, _) => Load(provider));

        TPredictor Load(IServiceProvider provider)
        {
            PredictorOptions options = provider.GetRequiredService<IOptionsMonitor<PredictorOptions>>().Get(name);
            long start = Stopwatch.GetTimestamp();
            TPredictor predictor = load(options);
            provider.GetService<ILogger<TPredictor>>()?.LogInformation(
                "Loaded {Folder} on {Device} in {Milliseconds:F0} ms", options.Folder, options.Device, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return predictor;
        }
    }

    private sealed class OptionsCheck(string name) : IValidateOptions<PredictorOptions>
    {
        public ValidateOptionsResult Validate(string? of, PredictorOptions options) =>
            of != name ? ValidateOptionsResult.Skip
            : options.Problem() is string problem ? ValidateOptionsResult.Fail($"{name}: {problem}")
            : ValidateOptionsResult.Success;
    }
}
