using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.FineTuning;

public class LabelledInputsTests
{
    /// <summary>Examples, labels and every token id, as Hugging Face's tokenizer has them.</summary>
    [SkippableTheory]
    [InlineData("MRPC")]
    [InlineData("CoLA")]
    [InlineData("RTE")]
    [InlineData("STS-B")]
    [InlineData("SST-2")]
    [InlineData("sms-spam")]
    [InlineData("banking77")]
    public void Files_are_read_and_tokenized_as_the_reference_has_them(string task)
    {
        using JsonDocument inputs = JsonDocument.Parse(File.ReadAllText(ReferenceData.Fixture("finetuning/inputs.json")));
        ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(LabelledData.WikiMini);
        (ExampleSet<TextExample> training, ExampleSet<TextExample> evaluation) = LabelledData.Read(task);
        foreach (JsonProperty part in inputs.RootElement.GetProperty("tasks").GetProperty(task).EnumerateObject())
        {
            ExampleSet<TextExample> set = part.Name == "train" ? training : evaluation;
            TokenSequence[] sequences = TextSequences.Of(tokenizer, [.. set.Examples.Select(example => (example.Text, example.Pair))], 128);
            Assert.Equal(part.Value.GetProperty("examples").GetInt32(), set.Examples.Count);
            Assert.Equal(part.Value.GetProperty("tokens").GetInt32(), sequences.Sum(sequence => sequence.Length));
            Assert.Equal(part.Value.GetProperty("digest").GetString(), Digest(sequences));
            CheckLabels(part.Value.GetProperty("labels"), set.Examples, GlueTask.Names.Contains(task) ? GlueTask.Named(task).Labels : ["ham", "spam"]);
        }
    }

    private static void CheckLabels(JsonElement expected, IReadOnlyList<TextExample> examples, IReadOnlyList<string> names)
    {
        foreach (JsonProperty label in expected.EnumerateObject())
        {
            if (label.Name == "classes") Assert.Equal(label.Value.GetInt32(), examples.Select(example => example.Labels[0]).Distinct().Count());
            else if (label.Name == "sum") Assert.Equal(label.Value.GetDouble(), examples.Sum(example => example.Value!.Value), 3);
            else if (label.Name == "minimum") Assert.Equal(label.Value.GetDouble(), examples.Min(example => example.Value!.Value));
            else if (label.Name == "maximum") Assert.Equal(label.Value.GetDouble(), examples.Max(example => example.Value!.Value));
            else Assert.Equal(label.Value.GetInt32(), examples.Count(example => example.Labels[0] == names[int.Parse(label.Name)]));
        }
    }

    private static string Digest(TokenSequence[] sequences)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] number = new byte[4];
        void Add(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, value);
            hash.AppendData(number);
        }

        foreach (TokenSequence sequence in sequences)
        {
            Add(sequence.Length);
            foreach (int id in sequence.Ids) Add(id);
            for (int i = 0; i < sequence.Length; i++) Add(i >= sequence.SecondFrom ? 1 : 0);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
