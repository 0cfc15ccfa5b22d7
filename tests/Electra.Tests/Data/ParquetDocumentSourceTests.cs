using System.IO.Compression;
using Electra.Data;
using Electra.Tests.Support;
using Parquet;
using Parquet.Schema;

namespace Electra.Tests.Data;

public sealed class ParquetDocumentSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public async Task Rows_of_all_row_groups_are_documents(string compression)
    {
        string path = await Write(compression);
        var report = new CorpusReport();
        Assert.Equal([["one", "two"], ["é"], ["one", "two"], ["é"]], Read(path, "text", report));
        Assert.Equal([2, 5], report.FirstMalformed.Select(record => record.Line));
    }

    [Fact]
    public async Task A_column_of_bytes_is_decoded_strictly()
    {
        var report = new CorpusReport();
        Assert.Equal([["B"], ["é"], ["B"], ["é"]], Read(await Write(), "raw", report));
        Assert.Contains("not valid UTF-8", report.FirstMalformed[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_null_ends_the_reading_unless_skipping_is_asked_for()
    {
        string path = await Write();
        var source = new ParquetDocumentSource(path);
        var error = Assert.Throws<InvalidDataException>(() => source.ReadDocuments().ToList());
        Assert.Contains($"{path}, line 2: the column 'text' is null", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("content", "the columns are id, text, raw")]
    [InlineData("id", "holds Int32 values")]
    public async Task A_column_that_holds_no_text_is_refused(string column, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Read(Write().Result, column)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        string path = await Write();
        byte[] whole = File.ReadAllBytes(path);
        foreach (int length in new[] { 0, 3, 50, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Read(path, "text")).Message, StringComparison.Ordinal);
        }
    }

    private static List<IReadOnlyList<string>> Read(string path, string column, CorpusReport? report = null) =>
        [.. CorpusFiles.OpenFile(path, new CorpusOptions { TextField = column, SkipMalformed = true })
            .ReadDocuments(report ?? new CorpusReport()).Select(document => document.Lines)];

    private async Task<string> Write(string compression = "")
    {
        string path = _folder.File("a.parquet");
        var (id, text, raw) = (new DataField<int>("id"), new DataField<string>("text"), new DataField<byte[]>("raw"));
        using (FileStream file = File.Create(path))
        {
            await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, text, raw), file);
            for (int group = 0; group < 2; group++)
            {
                using ParquetRowGroupWriter rows = writer.CreateRowGroup();
                await rows.WriteAsync<int>(id, new[] { 1, 2, 3 });
                await rows.WriteAsync(text, new[] { "one\ntwo", null!, "é" });
                await rows.WriteAsync(raw, new byte[][] { [0xFF], [0x42], [0xC3, 0xA9] });
            }
        }

        if (compression.Length == 0) return path;
        using FileStream packed = File.Create(path + compression);
        using Stream stream = compression == ".gz"
            ? new GZipStream(packed, CompressionLevel.Fastest)
            : new ZstdSharp.CompressionStream(packed);
        stream.Write(await File.ReadAllBytesAsync(path));
        return packed.Name;
    }
}
