namespace Electra.Tests.Support;

/// <summary>A folder of one test's own, removed at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("electra-test-").FullName;

    public string File(params string[] parts) => Path.Combine([FullPath, .. parts]);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
