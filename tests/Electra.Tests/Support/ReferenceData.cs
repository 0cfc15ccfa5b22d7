namespace Electra.Tests.Support;

/// <summary>
/// Finds reference numbers and text that tests compare against. Folders named <c>shared</c> beside the checkout (or the one that
/// <c>ELECTRA_REFERENCE_DATA</c> names) come first; the few fixtures that matter most are also kept beside the tests.
/// </summary>
internal static class ReferenceData
{
    private static readonly string? Root = FindRoot();

    /// <summary>The path of <c>fixtures/{relative}</c>, or null when neither the reference folder nor the test folder has it.</summary>
    public static string? FindFixture(string relative) =>
        new[] { Root is null ? null : Path.Combine(Root, "fixtures", relative), Path.Combine(AppContext.BaseDirectory, "Fixtures", relative) }
            .FirstOrDefault(path => path is not null && (File.Exists(path) || Directory.Exists(path)));

    /// <summary>The path of <c>fixtures/{relative}</c>; skips the calling test (a SkippableFact or SkippableTheory) when absent.</summary>
    public static string Fixture(string relative) => OrSkip(FindFixture(relative), $"reference fixture '{relative}'");

    /// <summary>The path of <c>data/{relative}</c>; skips the calling test (a SkippableFact or SkippableTheory) when absent.</summary>
    public static string Data(string relative) => In("data", relative);

    /// <summary>The path of <c>models/{relative}</c>; skips the calling test (a SkippableFact or SkippableTheory) when absent.</summary>
    public static string Model(string relative) => In("models", relative);

    private static string In(string part, string relative)
    {
        string? path = Root is null ? null : Path.Combine(Root, part, relative);
        return OrSkip(File.Exists(path) || Directory.Exists(path) ? path : null, $"reference {part} '{relative}'");
    }

    private static string OrSkip(string? path, string what)
    {
        Skip.If(path is null, $"{what} is not on this machine; set ELECTRA_REFERENCE_DATA to the folder that holds fixtures/ and data/");
        return path!;
    }

    private static string? FindRoot()
    {
        if (Environment.GetEnvironmentVariable("ELECTRA_REFERENCE_DATA") is { Length: > 0 } named) return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(candidate, "fixtures"))) return candidate;
        }

        return null;
    }
}
