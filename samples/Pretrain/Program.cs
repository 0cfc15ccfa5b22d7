using System.CommandLine;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Pretrain;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        ParseResult parsed = PretrainCommand.Create(a => { Console.WriteLine(a); return 0; }).Parse(arguments);
        if (PretrainCommand.FirstError(parsed) is { } error)
        {
            Console.Error.WriteLine(error);
            return 2;
        }
        return parsed.Invoke();
    }
}
