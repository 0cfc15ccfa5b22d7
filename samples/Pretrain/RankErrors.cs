using System.Text;

namespace Electra.Samples.Pretrain;

/// <summary>The error output of a rank that is not the first, whose lines say whose they are.</summary>
internal sealed class RankErrors(int rank) : TextWriter
{
    public override Encoding Encoding => Console.Error.Encoding;

    public override void Write(char value) => Console.Error.Write(value);

    public override void WriteLine(string? value) => Console.Error.WriteLine($"rank {rank}: {value}");
}
