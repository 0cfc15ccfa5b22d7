using System.Xml.Linq;
using Electra.Data;
using Electra.Samples.Pretrain.Corpus;
using Electra.Tests.Support;

namespace Electra.Tests.Samples;

public sealed class SdkDocumentationTests : IDisposable
{
    private readonly TemporaryFolder dotnet = new();

    [Fact]
    public void Members_of_a_type_form_one_document_and_repeated_paragraphs_are_dropped()
    {
        Pack("Some.Ref", "10.0.1", "A.xml", """
            <member name="T:N.First"><summary>Does things.</summary></member>
            <member name="M:N.First.Run(System.Int32)"><summary>Runs it.</summary><param name="n">How often.</param>
            <returns>The sum.</returns></member>
            <member name="T:N.Second`1"><summary>Does things.</summary><remarks>Only this remark.</remarks></member>
            """);
        Pack("Some.Ref", "10.0.1", "B.xml", """
            <member name="P:N.First.Count"><summary>How   many
              there are.</summary><value>The sum.</value></member>
            """);
        Document[] documents = [.. SdkDocumentation.FindUnder([dotnet.FullPath])!.ReadDocuments()];
        Assert.Equal(2, documents.Length);
        Assert.Equal(["Does things.", "Runs it.", "How often.", "The sum.", "How many there are."], documents[0].Lines);
        Assert.Equal(["Only this remark."], documents[1].Lines);
    }

    [Fact]
    public void Only_the_newest_version_of_a_pack_is_read()
    {
        foreach (string version in new[] { "9.0.10", "10.0.9", "10.0.12", "10.0.12-preview.1" })
        {
            Pack("Some.Ref", version, "A.xml", $"""<member name="T:N.T"><summary>Version {version}.</summary></member>""");
        }

        Assert.Contains("10.0.12", Assert.Single(SdkDocumentation.FindUnder([dotnet.FullPath])!.Files), StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_without_documentation_are_passed_over()
    {
        using var empty = new TemporaryFolder();
        Assert.Null(SdkDocumentation.FindUnder([empty.FullPath, empty.File("missing")]));
        Pack("Some.Ref", "1.0.0", "A.xml", """<member name="T:N.T"><summary>Text.</summary></member>""");
        Assert.NotNull(SdkDocumentation.FindUnder([empty.FullPath, dotnet.FullPath]));
    }

    [Theory]
    [InlineData("""<summary>Gets the <see cref="T:System.Collections.Generic.List`1" /> or <see langword="null" />.</summary>""",
        "Gets the List or null.")]
    [InlineData("""<summary>Calls <see cref="M:System.IO.Stream.Read(System.Byte[],System.Int32)" />.</summary>""", "Calls Read.")]
    [InlineData("""<summary>Makes a <see cref="M:N.Thing.#ctor(System.Int32)" />.</summary>""", "Makes a Thing.")]
    [InlineData("""<param name="x">If <paramref name="x" /> is <see cref="F:N.E.A">the first</see>.</param>""", "If x is the first.")]
    [InlineData("""<summary>Use <c>a &lt; b</c>. <code>int x = 1;</code></summary>""", "Use a < b.")]
    [InlineData("""<remarks><para>One.</para><para>Two.</para></remarks>""", "One.|Two.")]
    [InlineData("""<seealso cref="T:N.T" /><summary> - 1 - </summary>""", "")]
    public void Tags_become_plain_text(string xml, string expected) =>
        Assert.Equal(expected, string.Join('|', DocumentationText.Paragraphs(XElement.Parse($"<member>{xml}</member>"))));

    [Fact]
    public void A_blank_line_separates_paragraphs_and_a_line_break_does_not() =>
        Assert.Equal(["One and the same.", "Another."], DocumentationText.Paragraphs(
            XElement.Parse("<member><exception cref=\"T:E\">One and\n the same.\n\n 1 - 2\n\n Another.</exception></member>")));

    [SkippableFact]
    public void The_running_sdk_gives_megabytes_of_text()
    {
        SdkDocumentation? documentation = SdkDocumentation.Find();
        Skip.If(documentation is null, "this machine has no SDK packs beside its runtime");
        List<Document> documents = [.. documentation.ReadDocuments()];
        Assert.True(documents.Sum(document => document.CharacterCount) > 4_000_000);
        Assert.True(documents.Count > 3_000);
        Assert.Contains(documents, document => document.Lines.Any(line => line.StartsWith("Represents text as a sequence of UTF-16", StringComparison.Ordinal)));
        Assert.DoesNotContain(documents, document => document.Lines.Any(line => line.Contains("<see", StringComparison.Ordinal)));
        List<string> lines = [.. documents.SelectMany(document => document.Lines)];
        Assert.Equal(lines.Count, lines.Distinct().Count());
    }

    public void Dispose() => dotnet.Dispose();

    private void Pack(string name, string version, string file, string members) => dotnet.Write(
        Path.Combine("packs", name, version, "ref", "net10.0", file),
        $"<?xml version=\"1.0\"?><doc><assembly><name>X</name></assembly><members>{members}</members></doc>");
}
