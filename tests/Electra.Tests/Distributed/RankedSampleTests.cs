using System.Diagnostics;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Pretraining;
using Electra.Samples.FineTune;
using Electra.Samples.Pretrain;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Tests.Distributed;

/// <summary>The sample program as a launcher's ranks.</summary>
public class RankedSampleTests
{
    [SkippableFact]
    public void Pretrain_finds_its_ranks_by_itself_and_only_the_first_speaks_and_writes()
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        string config = folder.File("tiny.json");
        new ElectraConfig
        {
            NumHiddenLayers = 1,
            HiddenSize = 24,
            NumAttentionHeads = 2,
            EmbeddingSize = 16,
            IntermediateSize = 32,
            MaxPositionEmbeddings = 32,
        }.Save(config);
        string[] words = ["the", "cat", "sat", "on", "a", "mat", "dog", "runs", "home", "now", "green", "tree", "stream", "reads", "writes"];
        var random = new Random(3);
        string Sentence() => string.Join(' ', Enumerable.Range(0, 9).Select(_ => words[random.Next(words.Length)])) + ".";
        folder.Write("text.txt", string.Join("\n\n", Enumerable.Range(0, 100).Select(_ => $"{Sentence()}\n{Sentence()}\n{Sentence()}")));
        string arguments = $"--corpus {folder.File("text.txt")} --model {config} --vocab-size 200 --sequence-length 16 --batch-size 8 --log-every 2 --eval-every 4 "
            + $"--save-every 3 --precision fp32 --output {folder.File("run")} --steps";

        MpiLauncher.LaunchResult first = mpi.Run(2, Pretrain, $"{arguments} 6");
        string[] lines = first.Succeeded();
        Assert.Single(lines, line => line.Contains("Pre-training", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("in each of 2 ranks on 1 machine(s)", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("step       6/6 ", StringComparison.Ordinal));
        Assert.True(File.Exists(folder.File("run", "discriminator", "model.safetensors")));
        Assert.Equal(
            [2, 4, 4, 6, 6, 6], // three reports, two evaluations, the final one
            File.ReadAllLines(folder.File("run", "metrics.jsonl")).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt32()));

        // on with another number of ranks
        string[] more = mpi.Run(3, Pretrain, $"{arguments} 9").Succeeded();
        Assert.Single(more, line => line.Contains("going on from step 6", StringComparison.Ordinal));
        Assert.Single(more, line => line.Contains("by 2 rank(s), now 3", StringComparison.Ordinal));

        MpiLauncher.LaunchResult one = mpi.Run(2, Pretrain, $"{arguments} 9 --device cuda:1");
        Assert.NotEqual(0, one.ExitCode);
        Assert.Single(one.Errors.Split('\n'), line => line.Contains("each of several ranks takes a GPU of its own", StringComparison.Ordinal));
        MpiLauncher.LaunchResult wrong = mpi.Run(2, Pretrain, $"{arguments} 9 --device cuda", ("CUDA_VISIBLE_DEVICES", ","));
        Assert.NotEqual(0, wrong.ExitCode);
        Assert.Single(wrong.Errors.Split('\n'), line => line.Contains("--device cuda: libtorch reports no CUDA device", StringComparison.Ordinal));

        // what rank 0 alone finds wrong: it says so once, and the other ends without a word
        MpiLauncher.LaunchResult other = mpi.Run(2, Pretrain, $"{arguments} 9 --learning-rate 1e-4");
        Assert.NotEqual(0, other.ExitCode);
        Assert.Single(other.Errors.Split('\n'), line => line.Contains("LearningRate is 0.0001 now", StringComparison.Ordinal));
        Assert.DoesNotContain("rank 1:", other.Errors, StringComparison.Ordinal);

        // a rank 0 that stands still after training: whoever opens this waits for who never reads
        File.Delete(folder.File("run", "training.png"));
        using (Process made = Process.Start("mkfifo", folder.File("run", "training.png"))) made.WaitForExit();
        MpiLauncher.LaunchResult still = mpi.Run(2, Pretrain, $"{arguments} 9", ("ELECTRA_MPI_TIMEOUT", "5"));
        Assert.NotEqual(0, still.ExitCode);
        Assert.Single(still.Lines, line => line.Contains("this run is complete", StringComparison.Ordinal));
        Assert.Single(still.Errors.Split('\n'), line => line.StartsWith("rank 1: Waited for 5 seconds in vain for rank 0", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Pretrain_goes_on_from_a_pair_as_one_process_does()
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        string[] words = ["the", "cat", "sat", "on", "a", "mat", "dog", "runs", "home", "now", "green", "tree"];
        var random = new Random(3);
        string Sentence() => string.Join(' ', Enumerable.Range(0, 9).Select(_ => words[random.Next(words.Length)])) + ".";
        folder.Write("text.txt", string.Join("\n\n", Enumerable.Range(0, 100).Select(_ => $"{Sentence()}\n{Sentence()} Treestream?\n{Sentence()}")));
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. words, ".", "##stream"];
        var config = new ElectraConfig
        {
            VocabSize = vocabulary.Length,
            NumHiddenLayers = 1,
            HiddenSize = 24,
            NumAttentionHeads = 2,
            EmbeddingSize = 16,
            IntermediateSize = 32,
            MaxPositionEmbeddings = 32,
        };
        var tokenizer = new ElectraTokenizer(vocabulary);
        using (var model = new ElectraPretrainingModel(config, config.ToGenerator(0.5) with { NumAttentionHeads = 2 }, new PretrainingModelOptions { Seed = 5 }, null))
        {
            model.Discriminator.SavePretrained(folder.File("pair", "discriminator"), tokenizer);
            model.Generator.SavePretrained(folder.File("pair", "generator"), tokenizer);
        }

        string arguments = $"--corpus {folder.File("text.txt")} --from {folder.File("pair")} --extra-word-count 1 --sequence-length 16 --batch-size 8 --micro-batch-size 4 --steps 6 "
            + "--warmup-steps 1 --log-every 2 --eval-every 0 --precision fp32 --device cpu --output ";
        ChildProgram.Run(Pretrain, arguments + folder.File("one"), ("OMP_NUM_THREADS", "1"));
        string[] said = mpi.Run(2, Pretrain, arguments + folder.File("two")).Succeeded();
        Assert.Single(said, line => line.Contains("1 words added to the vocabulary: treestream", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(folder.File("one", "tokenizer.json")), File.ReadAllBytes(folder.File("two", "tokenizer.json")));
        Assert.Equal(File.ReadAllBytes(folder.File("one", "shards", "shard-00000.tokens")), File.ReadAllBytes(folder.File("two", "shards", "shard-00000.tokens")));
        using var scope = NewDisposeScope();
        foreach (string network in (string[])["discriminator", "generator"])
        {
            SafetensorsReader Open(string run) => SafetensorsReader.Open(folder.File(run, network, "model.safetensors"));
            using SafetensorsReader one = Open("one"), two = Open("two");
            Assert.Equal(one.Entries.Keys, two.Entries.Keys);
            Assert.All(one.Entries.Keys, name => Assert.True(allclose(one.ReadTensor(name), two.ReadTensor(name), 0, 1e-5), name));
        }
    }

    [SkippableFact]
    public void FineTune_shares_updates_and_trials_and_only_the_first_speaks_and_writes()
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder, dropout: 0);
        string Table(string name, int count, int seed) => folder.Write(
            name, "text\tlabel\n" + string.Concat(TinyEncoder.Sentences(count, seed).Examples.Select(item => $"{item.Text}\t{item.Labels[0]}\n")));
        string arguments = $"--train {Table("train.tsv", 64, 0)} --dev {Table("dev.tsv", 33, 1)} --text text --label label --model {encoder} --learning-rate 3e-3 --layer-decay 1 "
            + "--batch-size 8 --epochs 3 --seeds 1 --random-runs 1 --precision fp32 --output ";
        string[] lines = mpi.Run(2, FineTune, arguments + folder.File("two")).Succeeded();
        Assert.Single(lines, line => line.Contains("64 examples", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("1 thread(s) in each of 2 ranks on 1 machine(s)", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("put it to work", StringComparison.Ordinal));
        ChildProgram.Run(FineTune, arguments + folder.File("one"), ("OMP_NUM_THREADS", "1"));
        foreach (string trial in (string[])["random-0", "seed-0"])
        {
            Assert.True(File.Exists(folder.File("two", trial, "run.png")));
            string[] one = Labels("one", trial), two = Labels("two", trial);
            Assert.Equal(34, one.Length);
            Assert.Equal(one, two);
        }

        Assert.True(File.Exists(folder.File("two", "results.json")));

        // the same command again: all is done, and all ranks see it
        Assert.Single(mpi.Run(2, FineTune, arguments + folder.File("two")).Succeeded(), line => line.Contains("put it to work", StringComparison.Ordinal));

        string[] Labels(string run, string trial) =>
            [.. File.ReadAllLines(folder.File(run, trial, "predictions.tsv")).Select(line => string.Join('\t', line.Split('\t').Take(3)))];
    }

    private static void FineTune(string arguments) =>
        Environment.Exit((int)typeof(FineTuneJob).Assembly.EntryPoint!.Invoke(null, [arguments.Split(' ')])!);

    private static void Pretrain(string arguments) =>
        Environment.Exit((int)typeof(PretrainJob).Assembly.EntryPoint!.Invoke(null, [arguments.Split(' ')])!);
}
