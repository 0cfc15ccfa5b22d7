using System.Diagnostics;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.Training;

public sealed class RunLockTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_second_owner_is_refused_with_the_first_ones_process_and_host_until_that_lets_go()
    {
        string path = folder.File("run");
        using (RunLock held = RunLock.Acquire(path))
        {
            Assert.Equal(path, held.Folder);
            RunInUseException refused = Assert.Throws<RunInUseException>(() => RunLock.Acquire(path));
            Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", refused.Owner!, StringComparison.Ordinal);
            Assert.Contains(refused.Owner!, refused.Message, StringComparison.Ordinal);
            Assert.Equal(path, refused.Folder);
        }

        RunLock.Acquire(path).Dispose();
    }

    [Fact]
    public void Another_folder_is_free()
    {
        using RunLock one = RunLock.Acquire(folder.File("one")), two = RunLock.Acquire(folder.File("two"));
        Assert.NotEqual(one.Folder, two.Folder);
    }

    [Fact]
    public void What_a_dead_owner_left_locks_nothing()
    {
        string path = folder.File("run");
        using (Process child = ChildProgram.Start(HoldForever, path))
        {
            Assert.Equal("held", child.StandardOutput.ReadLine());
            RunInUseException refused = Assert.Throws<RunInUseException>(() => RunLock.Acquire(path));
            Assert.Contains($"process {child.Id} on", refused.Owner!, StringComparison.Ordinal);
            child.Kill(); // no handler runs
            child.WaitForExit();
        }

        Assert.True(File.Exists(folder.File("run", "run.lock")));
        RunLock.Acquire(path).Dispose();
    }

    /// <summary>The child's program.</summary>
    private static void HoldForever(string path)
    {
        using RunLock held = RunLock.Acquire(path);
        Console.Out.WriteLine("held");
        Console.In.ReadToEnd();
    }
}
