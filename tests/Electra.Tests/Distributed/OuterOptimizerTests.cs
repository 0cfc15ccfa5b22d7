using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Distributed;

/// <summary>Weights that are averaged now and then.</summary>
public class OuterOptimizerTests
{
    [Fact]
    public void Momentum_and_rate_act_on_the_way_from_the_last_weights_to_the_average()
    {
        using var weight = new Parameter(full(3, 1f));
        using var parameters = new FlatParameters([("weight", weight)], ParameterGroups.WithDecay(0));
        using var inner = new FusedAdamW(parameters);
        using var outer = new OuterOptimizer(new LocalSgdOptions { Steps = 2, OuterLearningRate = 0.7, OuterMomentum = 0.9 }, parameters, inner, new DoubledGroup());
        outer.Begin();
        Move(0.5f, steps: 1);
        Assert.True(outer.IsApart);
        Assert.Equal(0.5f, Value(), 1e-6);
        Move(0.2f, steps: 2); // back = 0.8, momentum = 0.8, 1 - 0.7 (0.8 + 0.9 x 0.8)
        Assert.False(outer.IsApart);
        Assert.Equal(-0.064f, Value(), 1e-6);
        outer.BringTogether(); // they are together
        Assert.Equal(-0.064f, Value(), 1e-6);
        Move(-0.164f, steps: 4); // back = 0.1, momentum = 0.82, -0.064 - 0.7 (0.1 + 0.9 x 0.82)
        Assert.Equal(-0.6506f, Value(), 1e-6);

        void Move(float value, long steps)
        {
            using (no_grad()) parameters.Values.fill_(value);
            outer.Updated(steps);
        }

        float Value() => parameters.Values[0].item<float>();
    }

    [Fact]
    public void One_process_that_goes_all_the_way_each_time_trains_as_without()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 6);
        float[] plain = Train(options), local = Train(options with
        {
            OutputFolder = folder.File("local"),
            LocalSgd = new LocalSgdOptions { Steps = 2, OuterLearningRate = 1, OuterMomentum = 0 },
        });
        Assert.All(plain.Zip(local), pair => Assert.Equal(pair.First, pair.Second, 1e-6));

        // momentum is part of what a checkpoint holds
        PretrainingOptions whole = options with { OutputFolder = folder.File("whole"), LocalSgd = new LocalSgdOptions { Steps = 2 } };
        float[] once = Train(whole), parts = Train(whole with { OutputFolder = folder.File("parts") }, stop: 4);
        Assert.NotEqual(once, parts);
        Assert.Equal(once, Train(whole with { OutputFolder = folder.File("parts") }));

        float[] Train(PretrainingOptions how, long? stop = null)
        {
            using var cancel = new CancellationTokenSource();
            using var run = new PretrainingRun(folder, how, dropout: 0);
            run.Trainer.StepMade = step =>
            {
                if (step == stop) cancel.Cancel();
            };
            run.Trainer.Train(cancel.Token);
            return run.Weights();
        }
    }

    [Fact]
    public void What_does_not_go_together_is_named()
    {
        var bad = new PretrainingOptions
        {
            LocalSgd = new LocalSgdOptions { Steps = 7, OuterMomentum = 1, OuterLearningRate = 0 },
            DataParallel = new DataParallelOptions { BucketBytes = 1 },
            EvaluateEvery = 0,
            SaveEvery = 20,
        };
        string message = Assert.Throws<ArgumentException>(bad.Validate).Message;
        string[] parts = ["LocalSgd.Steps (7) must divide SaveEvery, which is 20", "LocalSgd.OuterMomentum", "LocalSgd.OuterLearningRate", "DataParallel.BucketBytes"];
        foreach (string part in parts)
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain("EvaluateEvery", message, StringComparison.Ordinal);
    }
}
