using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Electra.Tests.Support;

namespace Electra.Tests.Serving;

/// <summary>The page of the service, in a browser without a window: what it shows of a question that its address holds.</summary>
public sealed partial class PageTests(SharedService shared) : IClassFixture<SharedService>
{
    private static readonly string[] Browsers = ["chromium", "chromium-browser", "google-chrome", "chrome-headless-shell"];

    [SkippableTheory]
    [InlineData("mood", "texts=the+film+was+good+.%0Aso", 2, "LABEL_", "POST /classify")]
    [InlineData("own", "texts=the+film+was+good+.&pairs=so", 1, "LABEL_", "POST /classify")]
    [InlineData("tags", "text=ada+lives+in+paris+.", 1, "ada lives in paris", "POST /tag")]
    [InlineData("answers", "question=who+lives+in+paris+%3F&context=ada+lives+in+paris+.", 1, "score of no answer: ", "POST /answer")]
    [InlineData("vectors", "texts=a+film+.%0Aa+play+.%0Aada", 4, "3 vectors of ", "POST /embed")]
    [InlineData("ranker", "query=who+is+ada&passages=ada+.%0Aa+film+.", 2, "a film .", "POST /rerank")]
    public async Task A_link_is_asked_and_its_answer_shown(string model, string fields, int rows, string expected, string sent)
    {
        string page = await Read($"#model={model}&{fields}"), result = Inside(page, "result");
        Assert.Equal(rows, Row().Count(result));
        Assert.DoesNotContain("row error", page, StringComparison.Ordinal);
        Assert.Contains(expected, Text(result), StringComparison.Ordinal);
        Assert.Contains(sent, Inside(page, "sent"), StringComparison.Ordinal);
        Assert.StartsWith("200", Inside(page, "got"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_the_service_refuses_is_shown_as_it_says_it_and_markup_in_a_text_stays_text()
    {
        string refused = await Read("#model=mood&texts=" + new string('a', 600));
        Assert.Contains("row error", refused, StringComparison.Ordinal);
        Assert.StartsWith("413", Inside(refused, "got"), StringComparison.Ordinal);

        string result = Inside(await Read("#model=mood&texts=%3Cb+id%3Dplanted%3Efilm%3C%2Fb%3E"), "result");
        Assert.DoesNotContain("<b", result, StringComparison.Ordinal);
        Assert.Contains("<b id=planted>film</b>", Text(result), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_a_question_every_model_has_a_tab_and_the_first_is_chosen_and_not_asked()
    {
        string page = await Read(""), tabs = Inside(page, "tabs");
        Assert.Equal(shared.Models.Select(model => model.Name), Button().Matches(tabs).Select(button => button.Groups[1].Value));
        Assert.Contains("classify · on ", Text(Inside(page, "facts")), StringComparison.Ordinal);
        Assert.Equal("", Inside(page, "result"));
    }

    [GeneratedRegex("class=\"row")]
    private static partial Regex Row();

    [GeneratedRegex("<button[^>]*>([^<]*)</button>")]
    private static partial Regex Button();

    // What stands in an element that holds none of its own kind.
    private static string Inside(string page, string id)
    {
        Match opening = Regex.Match(page, $"<(\\w+)[^>]*id=\"{id}\"[^>]*>");
        Assert.True(opening.Success, page);
        int from = opening.Index + opening.Length, depth = 1;
        foreach (Match tag in Regex.Matches(page[from..], $"<(/?){opening.Groups[1].Value}\\b"))
        {
            depth += tag.Groups[1].Length == 0 ? 1 : -1;
            if (depth == 0) return page.Substring(from, tag.Index);
        }

        throw new InvalidDataException($"'{id}' has no end in {page}");
    }

    private static string Text(string markup) => WebUtility.HtmlDecode(Regex.Replace(markup, "<[^>]*>", ""));

    // The document after its scripts have run and what they asked for has come.
    private async Task<string> Read(string link)
    {
        string? browser = Array.Find(Browsers, name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name))));
        Skip.If(browser is null, "there is no Chromium on this machine");
        using var profile = new TemporaryFolder();
        var start = new ProcessStartInfo(browser, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", $"--user-data-dir={profile.File("profile")}",
            "--virtual-time-budget=20000", "--dump-dom", new Uri(shared.Service.Client.BaseAddress!, "/" + link).AbsoluteUri])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string page = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return page;
    }
}
