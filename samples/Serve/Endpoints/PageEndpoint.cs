namespace Electra.Samples.Serve.Endpoints;

/// <summary>GET /: a page to try the models with. It needs nothing from elsewhere, and its policy allows it nothing else.</summary>
internal static class PageEndpoint
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'";

    /// <summary>Adds it.</summary>
    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        string page = Read();
        routes.MapGet("/", (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            return Results.Content(page, "text/html; charset=utf-8");
        }).ExcludeFromDescription();
    }

    private static string Read()
    {
        using var reader = new StreamReader(typeof(PageEndpoint).Assembly.GetManifestResourceStream("index.html")!);
        return reader.ReadToEnd();
    }
}
