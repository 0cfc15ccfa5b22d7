using Electra.Hosting;
using Electra.Inference;
using Microsoft.Extensions.DependencyInjection;

namespace Electra.Onnx;

/// <summary>
/// Models on ONNX Runtime as services of an application, beside those of <see cref="ElectraServices"/> and like them: one instance each, loaded when it is
/// first asked for, used by all threads, freed with the application. Options are checked when the application starts. With a key there can be several of a kind.
/// </summary>
public static class OnnxServices
{
    /// <summary>Adds a <see cref="TextClassifier"/>.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configure">Sets <see cref="OnnxPredictorOptions.Folder"/> and what else is to differ.</param>
    /// <param name="key">By which it is asked for. <value>Default: without a key.</value></param>
    public static IServiceCollection AddElectraOnnxClassifier(this IServiceCollection services, Action<OnnxPredictorOptions> configure, object? key = null) =>
        PredictorServices.Add(services, configure, key, options => TextClassifier.FromOnnx(options.Folder, options.ToInference()));

    /// <summary>Adds a <see cref="ZeroShotClassifier"/>.</summary>
    /// <inheritdoc cref="AddElectraOnnxClassifier" path="/param"/>
    public static IServiceCollection AddElectraOnnxZeroShotClassifier(this IServiceCollection services, Action<OnnxPredictorOptions> configure, object? key = null) =>
        PredictorServices.Add(services, configure, key, options => ZeroShotClassifier.FromOnnx(options.Folder, options.Prompt, options.ToInference()));

    /// <summary>Adds a <see cref="TextRegressor"/>.</summary>
    /// <inheritdoc cref="AddElectraOnnxClassifier" path="/param"/>
    public static IServiceCollection AddElectraOnnxRegressor(this IServiceCollection services, Action<OnnxPredictorOptions> configure, object? key = null) =>
        PredictorServices.Add(services, configure, key, options => TextRegressor.FromOnnx(options.Folder, options.ToInference()));

    /// <summary>Adds a <see cref="TokenClassifier"/>.</summary>
    /// <inheritdoc cref="AddElectraOnnxClassifier" path="/param"/>
    public static IServiceCollection AddElectraOnnxTokenClassifier(this IServiceCollection services, Action<OnnxPredictorOptions> configure, object? key = null) =>
        PredictorServices.Add(services, configure, key, options => TokenClassifier.FromOnnx(options.Folder, options.ToInference()));

    /// <summary>Adds a <see cref="QuestionAnswerer"/>.</summary>
    /// <inheritdoc cref="AddElectraOnnxClassifier" path="/param"/>
    public static IServiceCollection AddElectraOnnxQuestionAnswerer(this IServiceCollection services, Action<OnnxPredictorOptions> configure, object? key = null) =>
        PredictorServices.Add(services, configure, key, options => QuestionAnswerer.FromOnnx(
            options.Folder, options.ToInference(), noAnswerThreshold: options.NoAnswerThreshold));

    /// <summary>Adds a <see cref="TextEmbedder"/>, which is asked for by that name or as an embedding generator of Microsoft.Extensions.AI.</summary>
    /// <inheritdoc cref="AddElectraOnnxClassifier" path="/param"/>
    public static IServiceCollection AddElectraOnnxEmbedder(this IServiceCollection services, Action<OnnxPredictorOptions> configure, object? key = null) =>
        PredictorServices.Add(services, configure, key, options => TextEmbedder.FromOnnx(options.Folder, options.ToInference())).AddGenerator(key);

    /// <summary>Adds a <see cref="CrossEncoder"/>, which ranks passages for a query.</summary>
    /// <inheritdoc cref="AddElectraOnnxClassifier" path="/param"/>
    public static IServiceCollection AddElectraOnnxReranker(this IServiceCollection services, Action<OnnxPredictorOptions> configure, object? key = null) =>
        PredictorServices.Add(services, configure, key, options => CrossEncoder.FromOnnx(options.Folder, options.ToInference()));
}
