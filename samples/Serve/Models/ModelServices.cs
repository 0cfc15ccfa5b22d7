using Electra.Hosting;
using Electra.Onnx;
using Electra.Samples.Serve.Options;

namespace Electra.Samples.Serve.Models;

/// <summary>Adds predictors to the application, each by the name of its model.</summary>
internal static class ModelServices
{
    /// <summary>Adds them; they are loaded when they are asked for.</summary>
    public static void AddModels(this IServiceCollection services, ServePlan plan)
    {
        foreach (ModelPlan model in plan.Models)
        {
            if (model.IsOnnx) AddOnnx(services, model, options => Set(options, model, plan));
            else AddOwn(services, model, options => Set(options, model, plan));
        }
    }

    private static IServiceCollection AddOwn(IServiceCollection services, ModelPlan model, Action<PredictorOptions> set) => model.Kind switch
    {
        ModelKind.Classify => services.AddElectraClassifier(set, model.Name),
        ModelKind.Tag => services.AddElectraTokenClassifier(set, model.Name),
        ModelKind.Answer => services.AddElectraQuestionAnswerer(set, model.Name),
        ModelKind.Embed => services.AddElectraEmbedder(set, model.Name),
        _ => services.AddElectraReranker(set, model.Name),
    };

    private static IServiceCollection AddOnnx(IServiceCollection services, ModelPlan model, Action<OnnxPredictorOptions> set) => model.Kind switch
    {
        ModelKind.Classify => services.AddElectraOnnxClassifier(set, model.Name),
        ModelKind.Tag => services.AddElectraOnnxTokenClassifier(set, model.Name),
        ModelKind.Answer => services.AddElectraOnnxQuestionAnswerer(set, model.Name),
        ModelKind.Embed => services.AddElectraOnnxEmbedder(set, model.Name),
        _ => services.AddElectraOnnxReranker(set, model.Name),
    };

    // A pass has no more positions than a batch tokens, so that short texts are not padded to a long one of their batch.
    private static void Set(PredictorOptions options, ModelPlan model, ServePlan plan)
    {
        (options.Folder, options.Device, options.Precision) = (model.Folder, plan.Device, plan.Precision);
        (options.MaxLength, options.PositionsPerPass, options.NoAnswerThreshold) = (plan.MaxLength, plan.Batches.MaxTokens, plan.NoAnswerThreshold);
    }

    private static void Set(OnnxPredictorOptions options, ModelPlan model, ServePlan plan)
    {
        (options.Folder, options.Threads) = (model.Folder, plan.Threads);
        (options.MaxLength, options.PositionsPerPass, options.NoAnswerThreshold) = (plan.MaxLength, plan.Batches.MaxTokens, plan.NoAnswerThreshold);
    }
}
