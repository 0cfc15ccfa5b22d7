using Electra.Hosting;
using Electra.Inference;
using Electra.Onnx;
using Electra.Samples.Serve.Options;

namespace Electra.Samples.Serve.Models;

/// <summary>Adds predictors, each by the name of its model.</summary>
internal static class ModelServices
{
    private const int PassPositions = 512;

    /// <summary>Adds them; they are loaded when they are asked for.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services, ServePlan plan)
    {
        foreach (ModelPlan model in plan.Models)
        {
            if (model.IsOnnx) AddOnnx(services, model, options => Set(options, model, plan));
            else AddOwn(services, model, options => Set(options, model, plan));
        }

        return services;
    }

    /// <summary>The predictor of a kind.</summary>
    public static Type TypeOf(ModelKind kind) => kind switch
    {
        ModelKind.Classify => typeof(TextClassifier),
        ModelKind.Tag => typeof(TokenClassifier),
        ModelKind.Answer => typeof(QuestionAnswerer),
        ModelKind.Embed => typeof(TextEmbedder),
        _ => typeof(CrossEncoder),
    };

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

    // Texts of a batch go through the model by length, in passes that are large enough for a processor and too small for much padding.
    private static int Positions(ServePlan plan, bool onGpu) => onGpu ? plan.Batches.MaxTokens : Math.Min(PassPositions, plan.Batches.MaxTokens);

    private static void Set(PredictorOptions options, ModelPlan model, ServePlan plan)
    {
        (options.Folder, options.Device, options.Precision) = (model.Folder, plan.Device, plan.Precision);
        (options.MaxLength, options.PositionsPerPass, options.NoAnswerThreshold) = (plan.MaxLength, Positions(plan, plan.Device != "cpu"), plan.NoAnswerThreshold);
    }

    private static void Set(OnnxPredictorOptions options, ModelPlan model, ServePlan plan)
    {
        (options.Folder, options.Threads) = (model.Folder, plan.Threads);
        (options.MaxLength, options.PositionsPerPass, options.NoAnswerThreshold) = (plan.MaxLength, Positions(plan, onGpu: false), plan.NoAnswerThreshold);
    }
}
