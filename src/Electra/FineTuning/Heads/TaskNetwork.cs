using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>An encoder under a task's head: what is the same for all heads once a batch is there.</summary>
internal abstract class TaskNetwork(ElectraHeadModel model) : IDisposable
{
    /// <summary>All of it.</summary>
    public ElectraHeadModel Model => model;

    /// <summary>What the head says of each row, for evaluation. No gradient is wanted.</summary>
    /// <returns>float32 (rows, ...)</returns>
    public abstract Tensor Outputs(TokenRows rows);

    /// <summary>The losses of some examples.</summary>
    /// <param name="rows">All their sequences.</param>
    /// <param name="examples">As they are.</param>
    /// <returns>float32 (examples), each with its weight; in the current dispose scope. Of R-Drop also logits (examples, classes).</returns>
    public abstract (Tensor Losses, Tensor? Logits) Learn(TokenRows rows, IReadOnlyList<EncodedExample> examples);

    /// <summary>Writes a Hugging Face folder, whose tokenizer says how long a sequence was at most when the head was judged: predictors cut there, too.</summary>
    public void Save(string folder, ElectraTokenizer tokenizer, int maxLength)
    {
        Save(folder, tokenizer);
        tokenizer.SavePretrained(folder, maxLength);
    }

    /// <summary>Writes a Hugging Face folder.</summary>
    protected abstract void Save(string folder, ElectraTokenizer tokenizer);

    public void Dispose() => model.Dispose();

    /// <summary>The classes of examples with one each. int64 (examples)</summary>
    protected Tensor Classes(IReadOnlyList<EncodedExample> examples, int index = 0) =>
        tensor(examples.Select(example => example.Classes[index]).ToArray(), device: model.Device);

    /// <summary>What the losses of examples weigh. float32 (examples)</summary>
    protected Tensor Weights(IReadOnlyList<EncodedExample> examples) =>
        tensor(examples.Select(example => (float)example.Weight).ToArray(), device: model.Device);
}
