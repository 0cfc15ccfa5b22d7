using Electra.Native;
using Electra.Pretraining.Evaluation;
using TorchSharp;

NativeBackend.EnsureAvailable();
using torch.Tensor logits = torch.tensor(new[] { 2f, -1f, 0.5f });
using torch.Tensor truth = torch.tensor(new[] { true, false, false });
var scores = new BinaryClassificationScores();
scores.Add(logits, truth);
Console.WriteLine($"the package works: {scores.Compute()}");
