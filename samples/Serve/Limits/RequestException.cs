namespace Electra.Samples.Serve.Limits;

/// <summary>A request can't be answered, and why.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">For the caller.</param>
internal sealed class RequestException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>It makes no sense.</summary>
    public static RequestException Wrong(string message) => new(StatusCodes.Status400BadRequest, message);

    /// <summary>What it names is not there.</summary>
    public static RequestException NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    /// <summary>It asks too much.</summary>
    public static RequestException TooLarge(string message) => new(StatusCodes.Status413PayloadTooLarge, message);

    /// <summary>Not now.</summary>
    public static RequestException Unavailable(string message) => new(StatusCodes.Status503ServiceUnavailable, message);
}
