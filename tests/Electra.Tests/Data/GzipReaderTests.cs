using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Electra.Data;
using Electra.Tests.Support;

namespace Electra.Tests.Data;

public sealed class GzipReaderTests : IDisposable
{
    private const int HeaderChecksum = 2;
    private const int Extra = 4;
    private const int Name = 8;
    private const int Comment = 16;
    private static readonly string Text = string.Join('\n', Enumerable.Range(0, 20_000));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_optional_part_of_a_header_is_passed_over()
    {
        for (int flags = 0; flags < 32; flags++) Assert.Equal("some text", Read(Member("some text", flags)));
    }

    [Fact]
    public void Members_are_read_to_the_last_whatever_their_headers_and_zeros_behind_them_are_no_text()
    {
        byte[] first = Member(Text), empty = Member(""), last = Member("the end", HeaderChecksum | Extra | Name | Comment);
        Assert.Equal(Text + "the end" + Text, Read([.. first, .. empty, .. last, .. first]));
        Assert.Equal(Text + "the end", Read([.. first, .. last, .. new byte[512]]));
        Assert.Equal(Text, Read([.. first, .. new byte[1]]));
        Assert.Equal("", Read(empty));
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        byte[] member = Member("a short text", HeaderChecksum | Extra | Name | Comment);
        byte[] two = [.. member, .. member];
        for (int length = 0; length < two.Length; length++)
        {
            if (length == member.Length) Assert.Equal("a short text", Read(two[..length]));
            else AssertRefused(two[..length]);
        }
    }

    [Fact]
    public void A_file_altered_anywhere_is_refused()
    {
        byte[] member = Member("a short text", HeaderChecksum | Extra | Name | Comment);
        // The last byte of the compressed text may have bits that stand for nothing.
        int ofNoMeaning = member.Length - 9;
        for (int bit = 0; bit < member.Length * 8; bit++)
        {
            byte[] altered = [.. member];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            if (bit / 8 != ofNoMeaning) AssertRefused(altered);
        }
    }

    [Fact]
    public void What_follows_the_last_member_and_is_no_padding_is_refused() => AssertRefused([.. Member(Text), .. "garbage"u8]);

    private void AssertRefused(byte[] file)
    {
        string message = Assert.Throws<InvalidDataException>(() => Read(file)).Message;
        Assert.Contains(_folder.File("a.txt.gz"), message, StringComparison.Ordinal);
    }

    private string Read(byte[] file)
    {
        File.WriteAllBytes(_folder.File("a.txt.gz"), file);
        using var reader = new StreamReader(CorpusStream.Open(_folder.File("a.txt.gz")));
        return reader.ReadToEnd();
    }

    /// <summary>A gzip member with the optional header parts that <paramref name="flags"/> names (RFC 1952, 2.3.1).</summary>
    private static byte[] Member(string text, int flags = 0)
    {
        byte[] plain = Compress(Encoding.UTF8.GetBytes(text));
        List<byte> header = [0x1F, 0x8B, 8, (byte)flags, 0, 0, 0, 0, 0, 3];
        if ((flags & Extra) != 0) header.AddRange([4, 0, 1, 2, 0, 4]);
        if ((flags & Name) != 0) header.AddRange([.. "a name"u8, 0]);
        if ((flags & Comment) != 0) header.AddRange([.. "a comment"u8, 0]);
        // The last eight bytes of a member are its content's checksum and length.
        if ((flags & HeaderChecksum) != 0) header.AddRange(Compress([.. header])[^8..^6]);
        byte[] member = [.. header, .. plain[10..]];
        Assert.Equal(Encoding.UTF8.GetByteCount(text), BinaryPrimitives.ReadInt32LittleEndian(member.AsSpan()[^4..]));
        return member;
    }

    private static byte[] Compress(byte[] content)
    {
        using var file = new MemoryStream();
        using (var stream = new GZipStream(file, CompressionLevel.Optimal)) stream.Write(content);
        byte[] compressed = file.ToArray();
        return compressed.Length > 0 ? compressed : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, .. new byte[8]];
    }
}
