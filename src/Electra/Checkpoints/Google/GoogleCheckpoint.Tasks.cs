using Electra.Configuration;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

public sealed partial class GoogleCheckpoint
{
    /// <summary>Loads encoder and head of a task of texts (finetune/classification), in evaluation mode; its <see cref="ElectraConfig.HeadStyle"/> is Google's.</summary>
    /// <param name="task">Its name; null where there is one task alone.</param>
    /// <param name="labels">Names of the labels, in their order. <value>Default: <see cref="GoogleTask.Labels"/>, else LABEL_0, LABEL_1, ...</value></param>
    /// <param name="device">Where parameters shall live; null for the CPU.</param>
    /// <returns>float32, owned by the caller. Numbers are scaled as that code trains them: those of <c>sts</c> from 0 to 1.</returns>
    /// <exception cref="ArgumentException">There is no such task, or several and none is named, or another number of labels.</exception>
    /// <exception cref="InvalidDataException">It has another head, or a variable does not match its checksum.</exception>
    public ElectraForSequenceClassification LoadSequenceClassifier(string? task = null, IReadOnlyList<string>? labels = null, Device? device = null) =>
        LoadTask<ElectraForSequenceClassification>(Task(task), labels, device);

    /// <summary>
    /// Loads encoder and head of a task of tokens (finetune/tagging), in evaluation mode. That code gives all tokens of a sentence the token type 1; here
    /// the row of type 0 is made the same, so that sentences read as they are everywhere else give its outputs.
    /// </summary>
    /// <returns>float32, owned by the caller.</returns>
    /// <inheritdoc cref="LoadSequenceClassifier" path="/param"/>
    /// <inheritdoc cref="LoadSequenceClassifier" path="/exception"/>
    public ElectraForTokenClassification LoadTokenClassifier(string? task = null, IReadOnlyList<string>? labels = null, Device? device = null)
    {
        ElectraForTokenClassification model = LoadTask<ElectraForTokenClassification>(Task(task), labels, device);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor types = model.Electra.Embeddings.TokenTypeEmbeddings;
        if (types.shape[0] > 1) types.narrow(0, 0, 1).copy_(types.narrow(0, 1, 1));
        return model;
    }

    /// <summary>
    /// Loads encoder and head of a task of answers (finetune/qa), in evaluation mode: its joint one, whose <see cref="ElectraConfig.HeadStyle"/> is Google's, or the
    /// one of independent starts and ends, whose classifier of questions without answer, if it has one, stays in <see cref="UnknownVariables"/>.
    /// </summary>
    /// <returns>float32, owned by the caller.</returns>
    /// <inheritdoc cref="LoadSequenceClassifier" path="/param[@name='task' or @name='device']"/>
    /// <inheritdoc cref="LoadSequenceClassifier" path="/exception"/>
    public ElectraForQuestionAnswering LoadQuestionAnswerer(string? task = null, Device? device = null) =>
        LoadTask<ElectraForQuestionAnswering>(Task(task), null, device);

    private GoogleTask Task(string? name)
    {
        string there = Tasks.Count == 0 ? "there is no 'task_specific/...' in it" : $"it has {string.Join(", ", Tasks.Select(task => $"'{task.Name}'"))}";
        if (name is null && Tasks.Count != 1) throw new ArgumentException($"'{Prefix}' is not fine-tuned for one task: {there}.", nameof(name));
        return Tasks.FirstOrDefault(task => name is null || task.Name == name) ?? throw new ArgumentException($"'{Prefix}' is not fine-tuned for '{name}': {there}.", nameof(name));
    }

    private TModel LoadTask<TModel>(GoogleTask task, IReadOnlyList<string>? labels, Device? device)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        string wanted = typeof(TModel).Name;
        if (task.Class is null) throw new InvalidDataException($"'{Prefix}': the head 'task_specific/{task.Name}' is none that Google's code makes: {task.Fault}; {nameof(LoadEncoder)} gives the encoder.");
        bool isLinear = task.Class != nameof(ElectraForQuestionAnswering) && wanted != nameof(ElectraForQuestionAnswering);
        if (task.Class != wanted && (task.IsKnown || !isLinear)) throw new InvalidDataException($"'{Prefix}': the head of '{task.Name}' is that of {task.Class}, not of {wanted}.");
        ElectraConfig config = task.Configure(EncoderConfig, wanted, labels);
        IEnumerable<GoogleVariable> head = task.Class == wanted ? task.Variables : task.Variables.Select(variable => variable with { Parameter = variable.Parameter.Replace(".out_proj", "", StringComparison.Ordinal) });
        return Filled(Initializer.WithoutValues(() => TModel.Create(config, device, 0)), [.. _networks.Encoder, .. head], task.Zeros);
    }
}
