using System.Collections.Concurrent;

namespace NinaDB.Tds.Sessions;

/// <summary>
/// Threads that run requests: one a busy connection, none for an idle one. A client that does not read blocks the thread of its own request and nothing else, so there
/// is no bound on them beside the number of connections; threads that find nothing to do for a while end.
/// </summary>
internal sealed class WorkerPool
{
    /// <summary>Deeply nested T-SQL recurses deeply.</summary>
    private const int StackSize = 16 * 1024 * 1024;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentStack<Worker> _idle = new();

    /// <summary>Runs a job on a thread of its own; the task ends with it and carries its exception.</summary>
    public Task Run(Action job)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (_idle.TryPop(out Worker? worker))
        {
            if (worker.TryGive(job, completion))
            {
                return completion.Task;
            }
        }

        new Worker(this).Start(job, completion);
        return completion.Task;
    }

    private sealed class Worker(WorkerPool pool)
    {
        private readonly SemaphoreSlim _given = new(0);

        /// <summary>0 waiting, 1 has a job, 2 gone.</summary>
        private int _state;

        private Action? _job;
        private TaskCompletionSource? _completion;

        public void Start(Action job, TaskCompletionSource completion)
        {
            _job = job;
            _completion = completion;
            _state = 1;
            new Thread(Work, StackSize) { IsBackground = true, Name = "tds request" }.Start();
        }

        public bool TryGive(Action job, TaskCompletionSource completion)
        {
            if (Interlocked.CompareExchange(ref _state, 1, 0) != 0)
            {
                return false;
            }

            _job = job;
            _completion = completion;
            _given.Release();
            return true;
        }

        private void Work()
        {
            while (true)
            {
                Action job = _job!;
                TaskCompletionSource completion = _completion!;
                _job = null;
                _completion = null;
                Exception? failure = null;
                try
                {
                    job();
                }
#pragma warning disable CA1031 // Whatever it was, the connection that awaits the task gets it.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    failure = exception;
                }

                // Ready for the next job before anybody learns that this one is done.
                Volatile.Write(ref _state, 0);
                pool._idle.Push(this);
                if (failure is null)
                {
                    completion.SetResult();
                }
                else
                {
                    completion.SetException(failure);
                }

                if (!_given.Wait(IdleTime))
                {
                    if (Interlocked.CompareExchange(ref _state, 2, 0) == 0)
                    {
                        return;
                    }

                    _given.Wait();
                }
            }
        }
    }
}
