using Electra.Checkpoints;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>A discriminator that judges the words of a prompt. The loss of a text is the mean over its words, or its tokens.</summary>
internal sealed class PromptNetwork(ElectraForPreTraining model, PromptTask task) : TaskNetwork(model)
{
    private readonly int[] _classes = [.. task.Prompt.Classes.SelectMany((of, index) => of.Words.Select(_ => index))];

    public override Tensor Outputs(TokenRows rows) => PromptScores.Of(model, rows, task.Prompt.PieceAverage); // (rows, words)

    public override (Tensor Losses, Tensor? Logits) Learn(TokenRows rows, IReadOnlyList<EncodedExample> examples)
    {
        Tensor losses = task.Loss == PromptLoss.Words ? OfWords(rows, examples) : OfTokens(rows, examples);
        return (losses.mul(Weights(examples)), null);
    }

    protected override void Save(string folder, ElectraTokenizer tokenizer)
    {
        model.SavePretrained(folder, tokenizer);
        // What the empty text would get is subtracted where no labels were learned from; here they say where a class begins, and it was judged so.
        (task.Prompt with { Calibrate = false }).Save(Path.Combine(folder, Prompt.FileName));
    }

    private Tensor OfWords(TokenRows rows, IReadOnlyList<EncodedExample> examples)
    {
        Tensor logits = Outputs(rows).view(examples.Count, _classes.Length); // those of a text follow each other
        float[] wrong = [.. examples.SelectMany(example => _classes.Select(of => of == example.Classes[0] ? 0f : 1f))];
        Tensor targets = tensor(wrong, [examples.Count, _classes.Length], device: model.Device);
        return nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.None).mean([1]);
    }

    private Tensor OfTokens(TokenRows rows, IReadOnlyList<EncodedExample> examples)
    {
        int length = (int)rows.InputIds.shape[1];
        float[] wrong = new float[examples.Count * length], share = new float[wrong.Length];
        foreach ((int row, EncodedExample example) in examples.Index())
        {
            TokenSequence sequence = example.Sequences[0];
            share.AsSpan(row * length, sequence.Length).Fill(1f / sequence.Length);
            foreach ((int word, WordPlace place) in sequence.Words.Index())
                if (_classes[word] != example.Classes[0]) wrong.AsSpan((row * length) + place.Start, place.Length).Fill(1);
        }

        Tensor logits = model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds); // (rows, seq)
        Tensor losses = nn.functional.binary_cross_entropy_with_logits(logits, On(wrong), reduction: nn.Reduction.None);
        return losses.mul(On(share)).sum(1);

        Tensor On(float[] values) => tensor(values, [examples.Count, length], device: model.Device);
    }
}
