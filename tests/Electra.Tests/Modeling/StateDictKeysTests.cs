using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Support;

namespace Electra.Tests.Modeling;

public class StateDictKeysTests
{
    /// <summary>
    /// Approve a wanted change by copying <c>StateDictKeys.received.txt</c> from the test's output folder over the approved file. A
    /// change of keys makes every saved folder unreadable, here and in Hugging Face.
    /// </summary>
    [Fact]
    public void Keys_and_shapes_are_the_approved_ones()
    {
        List<string> lines = [];
        foreach ((string size, double fraction) in new[] { ("small", 0.25), ("base", 1.0 / 3), ("large", 0.25) })
        {
            ElectraConfig config = ParameterCountTests.Preset(size);
            using var discriminator = new ElectraForPreTraining(config, Listing.ShapesOnly);
            using var generator = new ElectraForMaskedLM(config.ToGenerator(fraction), Listing.ShapesOnly);
            lines.AddRange([$"# {size} discriminator", .. Listing.Lines(discriminator)]);
            lines.AddRange([$"# {size} generator", .. Listing.Lines(generator)]);
        }

        string received = string.Join('\n', lines) + "\n";
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "StateDictKeys.received.txt"), received);
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "StateDictKeys.approved.txt")), received);
    }

    /// <summary>All but the legacy file, which has redundant tensors.</summary>
    public static TheoryData<string> Folders() =>
        [
            .. ReferenceFolders.WithExpected()
                .Where(folder => !folder.EndsWith("legacy", StringComparison.Ordinal)).DefaultIfEmpty(string.Empty),
        ];

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Keys_of_every_reference_folder_are_the_models_own(string folder)
    {
        Skip.If(folder.Length == 0, "no reference fixtures on this machine");
        using ReferenceModel model = ReferenceModel.Load(ReferenceData.Fixture(folder));
        using SafetensorsReader file = SafetensorsReader.Open(ReferenceData.Fixture(folder + "/model.safetensors"));

        Assert.Equal(
            file.Entries.Values.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]").Order(StringComparer.Ordinal),
            Listing.Lines(model.Module));
    }
}
