using Electra.FineTuning;
using Electra.Tests.Support;

namespace Electra.Tests.FineTuning;

/// <summary>The labelled sets of the reference data, as a user would read them.</summary>
internal static class LabelledData
{
    /// <summary>An encoder that this library pre-trained.</summary>
    public static string WikiMini => ReferenceData.Model("wiki-mini/discriminator");

    /// <summary>The part to learn from and the part to be judged by.</summary>
    public static (ExampleSet<TextExample> Training, ExampleSet<TextExample> Evaluation) Read(string task)
    {
        if (GlueTask.Names.Contains(task))
        {
            string folder = ReferenceData.Data("glue");
            return (GlueTask.Named(task).Read(folder, GlueSplit.Train), GlueTask.Named(task).Read(folder, GlueSplit.Dev));
        }

        if (task == "banking77")
        {
            var columns = new TableColumns("text", "category");
            return (TextTable.Read(ReferenceData.Data("banking77/train.csv"), columns).Set, TextTable.Read(ReferenceData.Data("banking77/test.csv"), columns).Set);
        }

        ExampleSet<TextExample> all = TextTable.Read(
            ReferenceData.Data("sms-spam/SMSSpamCollection"), new TableColumns("#2", "#1"), new ReadingOptions { HasHeader = false }).Set;
        ExampleSet<TextExample> Part(bool isTest) => all with { Examples = [.. all.Examples.Where((_, i) => i % 5 == 4 == isTest)] };
        return (Part(false), Part(true));
    }
}
