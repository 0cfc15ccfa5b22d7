using System.Collections.Concurrent;

namespace Electra.Distributed;

/// <summary>The one thread of a process that calls MPI: the lowest thread level that every library has is enough then, and communication can go on beside computing.</summary>
internal sealed class MpiThread : IDisposable
{
    private readonly BlockingCollection<Job> _jobs = [];
    private readonly Thread _thread;

    public MpiThread()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "MPI" };
        _thread.Start();
    }

    /// <summary>Has something done, after what was asked for before.</summary>
    /// <returns>Something to wait for.</returns>
    public Job Post(Action action)
    {
        var job = new Job(action);
        _jobs.Add(job);
        return job;
    }

    /// <summary>Has something done and waits for it.</summary>
    public void Run(Action action) => Post(action).Wait();

    /// <summary>Ends the thread when it has done everything; one that hangs within MPI is left behind and ends with the process.</summary>
    public void Dispose()
    {
        _jobs.CompleteAdding();
        if (_thread.Join(TimeSpan.FromSeconds(1))) _jobs.Dispose();
    }

    private void Work()
    {
        foreach (Job job in _jobs.GetConsumingEnumerable()) job.Do();
    }

    /// <summary>Something that the thread does.</summary>
    internal sealed class Job(Action action)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends as the job does.</summary>
        public Task Done => _done.Task;

        /// <summary>Waits for the end of it, and throws what it threw.</summary>
        /// <param name="milliseconds">How long; -1 without end.</param>
        /// <returns>Whether it is done.</returns>
        public bool Wait(int milliseconds = Timeout.Infinite)
        {
            if (Task.WaitAny([_done.Task], milliseconds) < 0) return false;
            _done.Task.GetAwaiter().GetResult();
            return true;
        }

        internal void Do()
        {
            try
            {
                action();
                _done.SetResult();
            }
#pragma warning disable CA1031 // whatever happens on this thread is thrown again on the one that waits
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _done.SetException(exception);
            }
        }
    }
}
