using System.Diagnostics;
using Electra.Inference;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Electra.Hosting;

/// <summary>Adds predictors to an application, whatever computes.</summary>
internal static class PredictorServices
{
    /// <summary>One instance, loaded when it is first asked for.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configure">Sets the options, which are checked when the application starts.</param>
    /// <param name="key">By which it is asked for; null for none.</param>
    /// <param name="load">Loads it.</param>
    public static IServiceCollection Add<TPredictor, TOptions>(
        IServiceCollection services, Action<TOptions> configure, object? key, Func<TOptions, TPredictor> load)
        where TPredictor : class
        where TOptions : class, IPredictorOptions
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        string name = key is null ? typeof(TPredictor).Name : $"{typeof(TPredictor).Name} {key}";
        services.AddOptions<TOptions>(name).Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>>(new OptionsCheck<TOptions>(name));
        return key is null ? services.AddSingleton(Load) : services.AddKeyedSingleton(key, (provider, _) => Load(provider));

        TPredictor Load(IServiceProvider provider)
        {
            TOptions options = provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name);
            long start = Stopwatch.GetTimestamp();
            TPredictor predictor = load(options);
            provider.GetService<ILogger<TPredictor>>()?.LogInformation(
                "Loaded {Folder} on {Place} in {Milliseconds:F0} ms", options.Folder, options.Place, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return predictor;
        }
    }

    /// <summary>The embedder of that key by the name that Microsoft.Extensions.AI has for such.</summary>
    public static IServiceCollection AddGenerator(this IServiceCollection services, object? key) => key is null
        ? services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(provider => provider.GetRequiredService<TextEmbedder>())
        : services.AddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(key, (provider, own) => provider.GetRequiredKeyedService<TextEmbedder>(own));

    /// <summary>What is wrong with a prompt; null for nothing, or without one.</summary>
    public static string? Problem(Prompt? prompt)
    {
        try
        {
            prompt?.Validate();
            return null;
        }
        catch (ArgumentException error)
        {
            return $"{nameof(Prompt)}: {error.Message}";
        }
    }

    private sealed class OptionsCheck<TOptions>(string name) : IValidateOptions<TOptions>
        where TOptions : class, IPredictorOptions
    {
        public ValidateOptionsResult Validate(string? of, TOptions options) =>
            of != name ? ValidateOptionsResult.Skip
            : options.Problem() is string problem ? ValidateOptionsResult.Fail($"{name}: {problem}")
            : ValidateOptionsResult.Success;
    }
}
