using Electra.Inference;
using Electra.Training;

namespace Electra.FineTuning;

/// <summary>
/// Sentences to judge a tagger by. A word that was cut off is predicted to be outside of any entity, so that its entity is missed, not absent; a tag that no
/// training sentence has is missed, too. The baseline always says the most frequent tag.
/// </summary>
internal sealed class TagEvaluationSet(
    string name, TokenClassificationTask task, IReadOnlyList<TaggedSentence> training, IReadOnlyList<TaggedSentence> sentences, WordPieces[] pieces) : EvaluationSet(name)
{
    public override IReadOnlyList<TokenSequence> Sequences { get; } = [.. pieces.Select(of => of.Sequence)];

    public override TaskScores Judge(IReadOnlyList<float[]> outputs)
    {
        int labels = task.Labels.Count;
        string outside = task.Labels.Contains("O") ? "O" : task.Labels[0];
        string frequent = training.SelectMany(sentence => sentence.Tags).CountBy(tag => tag).OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).First().Key;
        var said = new string[sentences.Count][];
        var sure = new double[sentences.Count];
        double loss = 0;
        long labelled = 0;
        for (int i = 0; i < said.Length; i++)
        {
            said[i] = new string[sentences[i].Words.Count];
            sure[i] = 1;
            foreach ((int word, int place) in pieces[i].First.Index())
            {
                said[i][word] = outside;
                if (place < 0) continue;
                ReadOnlySpan<float> logits = outputs[i].AsSpan(place * labels, labels);
                int best = Probabilities.ArgMax(logits), truth = task.IndexOf(sentences[i].Tags[word]);
                said[i][word] = task.Labels[best];
                sure[i] = Math.Min(sure[i], Probabilities.Softmax(logits)[best]);
                if (truth < 0) continue;
                loss += HostLosses.CrossEntropy(logits, truth);
                labelled++;
            }
        }

        return new TaskScores(
            Name, sentences.Count, loss / labelled, Scores(said), Scores([.. sentences.Select(sentence => Enumerable.Repeat(frequent, sentence.Words.Count).ToArray())]),
            said.SelectMany(tags => tags).Distinct().Count() == 1 && sentences.SelectMany(sentence => sentence.Tags).Distinct().Count() > 1,
            [.. sentences.Select((sentence, i) => new TaskPrediction(null, string.Join(' ', said[i]), string.Join(' ', sentence.Tags), sure[i]))]);
    }

    private Dictionary<string, double> Scores(string[][] said)
    {
        if (!task.HasEntities)
        {
            long words = sentences.Sum(sentence => (long)sentence.Words.Count);
            return new() { ["accuracy"] = sentences.Zip(said).Sum(item => item.First.Tags.Zip(item.Second).Count(pair => pair.First == pair.Second)) / (double)words };
        }

        EntityScore score = EntityScore.Of([.. sentences.Select(sentence => sentence.Tags)], said, task.Scoring);
        return new() { ["f1"] = score.Micro.F1, ["precision"] = score.Micro.Precision, ["recall"] = score.Micro.Recall, ["accuracy"] = score.TokenAccuracy };
    }
}
