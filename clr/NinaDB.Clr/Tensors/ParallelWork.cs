using System;
using System.Threading.Tasks;

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

        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = degree }, body);
        }
        catch (AggregateException error) when (error.InnerExceptions.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error.InnerExceptions[0]).Throw();
        }
    }
}
