using System.Text.Json;
using Electra.Samples.Serve.Batching;
using Microsoft.AspNetCore.Diagnostics;

namespace Electra.Samples.Serve.Limits;

/// <summary>Tells callers what went wrong, as problem details (RFC 9457).</summary>
internal sealed class PlainErrors(ILogger<PlainErrors> log) : IExceptionHandler
{
    private const string RetrySeconds = "1";

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        (int status, string detail) = exception switch
        {
            RequestException request => (request.Status, request.Message),
            QueueFullException full => (StatusCodes.Status429TooManyRequests, full.Message),
            BadHttpRequestException { InnerException: JsonException json } => (StatusCodes.Status400BadRequest, Plain(json)),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            _ => (StatusCodes.Status500InternalServerError, "The model failed. The server's log says why."),
        };
        if (status == StatusCodes.Status500InternalServerError) log.LogError(exception, "A request failed");
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = RetrySeconds;
        context.Response.StatusCode = status;
        await TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context); // whatever the caller accepts
        return true;
    }

    // The serializer's messages name types of this program.
    private static string Plain(JsonException error)
    {
        string[] parts = error.Message.Split('\'');
        if (error.Message.Contains("could not be mapped", StringComparison.Ordinal)) return $"The body has a field '{parts[1]}', which this endpoint does not know.";
        if (error.Message.Contains("missing required properties", StringComparison.Ordinal)) return $"The body lacks '{parts[^2]}'.";
        return error.Message.Contains("could not be converted", StringComparison.Ordinal)
            ? $"The body's {error.Path} has another type than this endpoint takes."
            : $"The body is no JSON that this endpoint takes: {error.Message}";
    }
}
