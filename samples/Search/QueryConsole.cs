namespace Electra.Samples.Search;

/// <summary>Asks a person for queries.</summary>
/// <param name="input">Where they are typed.</param>
/// <param name="prompts">Where it is asked for them.</param>
internal sealed class QueryConsole(TextReader input, TextWriter prompts)
{
    private const string Quit = ":q";

    /// <summary>Each query that is typed, until the end of the input or <c>:q</c>.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public IEnumerable<string> Read(CancellationToken cancellationToken)
    {
        prompts.WriteLine($"Type a query; {Quit} ends.");
        while (true)
        {
            prompts.Write("> ");
            prompts.Flush();
            Task<string?> line = Task.Run(input.ReadLine, CancellationToken.None);
            line.Wait(cancellationToken);
            if (line.Result is not string query || query.Trim() == Quit) yield break;
            yield return query.Trim();
        }
    }
}
