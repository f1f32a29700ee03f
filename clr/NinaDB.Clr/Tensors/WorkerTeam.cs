#if !NETFRAMEWORK
using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace NinaDB.Clr.Tensors;

/// <summary>
/// Threads that wait for work. A layer of a model is a dozen products of a fraction of a millisecond each, so a thread looks out for the
/// next one for some microseconds before it sleeps: being woken costs more than that.
/// </summary>
internal static class WorkerTeam
{
    /// <summary>Looks at the next job before a thread goes to sleep, 30 to 40 microseconds in all.</summary>
    private const int Looks = 600;

    /// <summary>How long a thread without work is kept.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly object Lock = new();

    /// <summary>Threads without work, the one that worked last on top: it still looks out.</summary>
    private static readonly Stack<Worker> Idle = new();

    private static int s_workers;

    /// <summary>Asks up to <paramref name="helpers"/> threads to take part in a job; fewer do when others keep them busy.</summary>
    public static void Join(Job job, int helpers)
    {
        int most = Math.Max(1, Environment.ProcessorCount - 1);
        for (int i = 0; i < helpers; i++)
        {
            Worker? worker = null;
            lock (Lock)
            {
                if (Idle.Count > 0)
                {
                    worker = Idle.Pop();
                }
                else if (s_workers < most)
                {
                    s_workers++;
                }
                else
                {
                    return;
                }
            }

            (worker ?? new Worker()).Start(job);
        }
    }

    /// <summary>Pieces of work, handed out one by one.</summary>
    internal sealed class Job
    {
        private readonly int _count;
        private readonly Action<int> _body;
        private int _next = -1;
        private int _done;
        private ExceptionDispatchInfo? _error;

        public Job(int count, Action<int> body)
        {
            _count = count;
            _body = body;
        }

        /// <summary>Works until nothing is left to be begun. After an error the rest is left undone.</summary>
        public void Work()
        {
            int i;
            while ((i = Interlocked.Increment(ref _next)) < _count)
            {
                try
                {
                    if (Volatile.Read(ref _error) == null)
                    {
                        _body(i);
                    }
                }
                catch (Exception error)
                {
                    Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(error), null);
                }

                Interlocked.Increment(ref _done);
            }
        }

        /// <summary>Waits for the pieces that others have begun; raises the first error.</summary>
        public void Wait()
        {
            var spin = default(SpinWait);
            for (int looks = 0; Volatile.Read(ref _done) < _count; looks++)
            {
                if (looks < Looks)
                {
                    Thread.SpinWait(1);
                }
                else
                {
                    spin.SpinOnce(sleep1Threshold: 200);
                }
            }

            _error?.Throw();
        }
    }

    private sealed class Worker
    {
        private readonly object _gate = new();
        private Job? _job;
        private bool _asleep;

        public Worker() => new Thread(Run) { IsBackground = true, Name = "NinaDB kernels" }.Start();

        public void Start(Job job)
        {
            Volatile.Write(ref _job, job);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _asleep))
            {
                lock (_gate)
                {
                    Monitor.Pulse(_gate);
                }
            }
        }

        private void Run()
        {
            while (Next() is Job job)
            {
                job.Work();
                Volatile.Write(ref _job, null);
                lock (Lock)
                {
                    Idle.Push(this);
                }
            }
        }

        /// <summary>The next job; null when this thread is to end.</summary>
        private Job? Next()
        {
            for (int looks = 0; looks < Looks; looks++)
            {
                if (Volatile.Read(ref _job) is Job job)
                {
                    return job;
                }

                Thread.SpinWait(1);
            }

            lock (_gate)
            {
                Volatile.Write(ref _asleep, true);
                Interlocked.MemoryBarrier();
                try
                {
                    while (Volatile.Read(ref _job) == null)
                    {
                        if (!Monitor.Wait(_gate, Patience) && Leave())
                        {
                            return null;
                        }
                    }
                }
                finally
                {
                    Volatile.Write(ref _asleep, false);
                }

                return _job;
            }
        }

        /// <summary>Ends this thread unless someone has just taken it for a job.</summary>
        private bool Leave()
        {
            lock (Lock)
            {
                if (!Idle.Contains(this))
                {
                    return false;
                }

                Worker[] others = Idle.ToArray();
                Idle.Clear();
                for (int i = others.Length - 1; i >= 0; i--)
                {
                    if (!ReferenceEquals(others[i], this))
                    {
                        Idle.Push(others[i]);
                    }
                }

                s_workers--;
                return true;
            }
        }
    }
}
#endif
