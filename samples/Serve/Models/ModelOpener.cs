using Electra.Inference;
using Electra.Samples.Serve.Metrics;
using Electra.Samples.Serve.Options;
using Electra.Tokenization;

namespace Electra.Samples.Serve.Models;

/// <summary>Loads a model and puts it behind its queue.</summary>
internal sealed class ModelOpener(Predictors predictors, ServePlan plan, ServeMetrics metrics)
{
    private const string Sample = "Where is my parcel? It was sent a week ago.";

    /// <summary>Loads it.</summary>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head.</exception>
    public ServedModel Open(ModelPlan model) => model.Kind switch
    {
        ModelKind.Classify => Classifier(model),
        ModelKind.Tag => Tagger(model),
        ModelKind.Answer => Answerer(model),
        ModelKind.Embed => Embedder(model),
        _ => Reranker(model),
    };

    private ServedModel<TextInput, TextClassification> Classifier(ModelPlan model)
    {
        TextClassifier of = predictors.Get<TextClassifier>(model.Name);
        return Serve(
            model.Describe() with { MaxTokens = of.MaxLength, Labels = of.Labels },
            input => Tokens(of.Tokenizer, of.MaxLength, input.Text, input.Pair), (inputs, stop) => Classify(of, inputs, stop), new TextInput(Sample));
    }

    private ServedModel<string, IReadOnlyList<TextEntity>> Tagger(ModelPlan model)
    {
        TokenClassifier of = predictors.Get<TokenClassifier>(model.Name);
        return Serve(
            model.Describe() with { MaxTokens = of.MaxLength, Labels = of.Labels }, text => Tokens(of.Tokenizer, null, text), of.Predict, Sample);
    }

    private ServedModel<QuestionInput, QuestionAnswer> Answerer(ModelPlan model)
    {
        QuestionAnswerer of = predictors.Get<QuestionAnswerer>(model.Name);
        return Serve(
            model.Describe() with { MaxTokens = Math.Min(of.MaxLength, of.Options.MaxLength) }, input => Tokens(of.Tokenizer, null, input.Question, input.Context),
            (inputs, stop) => of.Predict([.. inputs.Select(input => (input.Question, input.Context))], stop), new QuestionInput("When was it sent?", Sample));
    }

    private ServedModel<string, float[]> Embedder(ModelPlan model)
    {
        TextEmbedder of = predictors.Get<TextEmbedder>(model.Name);
        return Serve(
            model.Describe() with { MaxTokens = of.MaxLength, Dimensions = of.Dimensions }, text => Tokens(of.Tokenizer, of.MaxLength, text), of.Embed, Sample);
    }

    private ServedModel<RankInput, IReadOnlyList<RankedPassage>> Reranker(ModelPlan model)
    {
        CrossEncoder of = predictors.Get<CrossEncoder>(model.Name);
        return Serve(
            model.Describe() with { MaxTokens = of.MaxLength }, input => input.Passages.Sum(passage => Tokens(of.Tokenizer, of.MaxLength, input.Query, passage)),
            (inputs, stop) => of.RankAll([.. inputs.Select(input => (input.Query, input.Passages))], topK: null, stop), new RankInput("parcel", [Sample]));
    }

    private ServedModel<TInput, TOutput> Serve<TInput, TOutput>(
        ModelDescription description, Func<TInput, int> tokens, Func<IReadOnlyList<TInput>, CancellationToken, IReadOnlyList<TOutput>> ask, TInput sample) =>
        new(description, plan.Batches, tokens, ask, sample, new ModelMetrics(metrics, description.Name, description.Operation));

    // Of texts that are read in parts the parts' overlap is not counted.
    private static int Tokens(ElectraTokenizer tokenizer, int? limit, string text, string? pair = null)
    {
        int count = tokenizer.EncodeToIds(text).Count + 2 + (pair is null ? 0 : tokenizer.EncodeToIds(pair).Count + 1);
        return Math.Min(count, limit ?? count);
    }

    // A call takes texts or pairs: of a batch with both there are two.
    private static TextClassification[] Classify(TextClassifier of, IReadOnlyList<TextInput> inputs, CancellationToken stop)
    {
        var results = new TextClassification[inputs.Count];
        foreach (IGrouping<bool, (int Index, TextInput Item)> group in inputs.Index().GroupBy(input => input.Item.Pair is not null))
        {
            string[] texts = [.. group.Select(input => input.Item.Text)];
            string[]? pairs = group.Key ? [.. group.Select(input => input.Item.Pair!)] : null;
            foreach ((int index, TextClassification result) in group.Zip(of.Predict(texts, pairs, stop), (input, result) => (input.Index, result))) results[index] = result;
        }

        return results;
    }
}
