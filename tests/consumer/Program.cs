using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;
using Electra.Tokenization;

File.WriteAllLines("text.txt", Enumerable.Range(0, 2000).Select(i => $"Line {i} tells of the {(i % 2 == 0 ? "cat" : "dog")}.\n"));
IDocumentSource text = CorpusFiles.Open(["text.txt"]);
var vocabulary = new WordPieceVocabularyTrainer(new WordPieceTrainerOptions { VocabSize = 200 });
foreach (string line in text.ReadDocuments().SelectMany(document => document.Lines)) vocabulary.Add(line);
var tokenizer = new ElectraTokenizer(vocabulary.Train());
new TokenShardBuilder(tokenizer, new TokenShardBuilderOptions { Overwrite = true }).Build(text, "shards");
var options = PretrainingOptions.Recipe("tiny") with { Data = new() { SequenceLength = 32, BatchSize = 32 }, TrainSteps = 60, WarmupSteps = 10, LearningRate = 1e-3 };
using var data = PretrainingDataset.Open("shards", options.Data);
using var model = new ElectraPretrainingModel(ElectraConfig.Tiny.WithVocabulary(tokenizer), options.Model);
using var trainer = new PretrainingTrainer(model, data, options);
Console.WriteLine($"held-out loss at [MASK]: {trainer.Train().Evaluation!.MaskedLM.Mask.Loss:F1} nats");
model.Discriminator.SavePretrained("discriminator", tokenizer);
