namespace Electra.Tests.Support;

/// <summary>A clock that moves when a test says so.</summary>
internal sealed class ManualClock : TimeProvider
{
    private TimeSpan elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(double seconds) => elapsed += TimeSpan.FromSeconds(seconds);

    public override long GetTimestamp() => elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + elapsed;
}
