using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Measurements;

/// <summary>Times the judging of sentences beside the forward pass that it needs: what is lost to tokens, tensors and the head.</summary>
internal static class ScoringBenchmark
{
    /// <summary>Runs it.</summary>
    public static BenchmarkResult Run(BenchmarkSettings settings)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var tokenizer = new ElectraTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"]);
        int rows = (int)settings.MicroBatchSize, length = settings.SequenceLength;
        var random = new Random(0);
        int[][] sentences = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, length - 2).Select(_ => random.Next(5, settings.Config.VocabSize)).ToArray())];
        Tensor ids = randint(0, settings.Config.VocabSize, [rows, length], ScalarType.Int64, settings.Device);

        using var discriminator = new ElectraForPreTraining(settings.Config, settings.Device) { ComputeDtype = settings.Dtype, UseFusedKernels = settings.Fused };
        discriminator.eval();
        var detection = new DiscriminatorScorer(discriminator, tokenizer.SpecialTokens.ClsId, tokenizer.SpecialTokens.SepId, rows);
        long passTokens = (long)rows * length;
        FigureGroup judged = Compare("detection_head", () => discriminator.forward(ids).Dispose(), () => detection.Score(sentences), passTokens);

        using var language = new ElectraForMaskedLM(settings.Config, settings.Device) { ComputeDtype = settings.Dtype, UseFusedKernels = settings.Fused };
        language.eval();
        var likelihood = new PseudoLogLikelihoodScorer(language, tokenizer.SpecialTokens, rows);
        int[][] one = [.. sentences.Take(1)]; // as many passes as it has tokens
        FigureGroup masked = Compare(
            "pseudo_log_likelihood", () => language.Electra.forward(ids).Dispose(), () => likelihood.Score(one), (long)one[0].Length * length);
        return new BenchmarkResult("scoring", "DiscriminatorScorer.Score and PseudoLogLikelihoodScorer.Score on random ids, no padding, in turn with the encoder's pass alone", [judged, masked]);

        FigureGroup Compare(string name, Action forward, Action score, long tokens)
        {
            List<double> passes = [], scores = [];
            for (int i = -settings.Warmup; i < settings.Steps; i++)
            {
                double pass = Repeat.Once(settings.Device, forward), whole = Repeat.Once(settings.Device, score);
                if (i < 0) continue;
                passes.Add(pass);
                scores.Add(whole);
            }

            (Distribution alone, Distribution all) = (Distribution.Of(passes), Distribution.Of(scores));
            return new FigureGroup(
                name,
                [
                    Figure.Of("tokens_per_second", all.RateOf(tokens), "tokens/s", isDecisive: true),
                    Figure.Of("forward_tokens_per_second", alone.RateOf(passTokens), "tokens/s"),
                ]);
        }
    }
}
