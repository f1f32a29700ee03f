using System;
using System.Runtime.ExceptionServices;
using System.Threading;
#if NETFRAMEWORK
using System.Threading.Tasks;
#endif

namespace NinaDB.Clr.Tensors;

/// <summary>Runs independent pieces of work on several threads, or in order on this one.</summary>
internal static class ParallelWork
{
    /// <summary>Calls <paramref name="body"/> for 0..count-1 on at most <paramref name="degree"/> threads. The first error is raised as itself.</summary>
    public static void For(int count, int degree, Action<int> body)
    {
        if (degree <= 1 || count <= 1)
        {
            for (int i = 0; i < count; i++)
            {
                body(i);
            }

            return;
        }

#if NETFRAMEWORK
        // Inside SQL Server threads are the server's: no team of its own there.
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = degree }, body);
        }
        catch (AggregateException error) when (error.InnerExceptions.Count > 0)
        {
            ExceptionDispatchInfo.Capture(error.InnerExceptions[0]).Throw();
        }
#else
        var job = new WorkerTeam.Job(count, body);
        WorkerTeam.Join(job, Math.Min(degree, count) - 1);
        job.Work();
        job.Wait();
#endif
    }
}
