using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Storage;

/// <summary>The single writer slot of a store: a first-come-first-served queue with timeout and cancellation.</summary>
internal sealed class WriterGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _queue = new();
    private bool _taken;

    /// <summary>Takes the slot. Waits at most <paramref name="timeoutMilliseconds"/> (-1 = for ever), then throws error 1222.</summary>
    public void Enter(int timeoutMilliseconds, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_lock)
        {
            if (!_taken)
            {
                _taken = true;
                return;
            }

            if (timeoutMilliseconds == 0)
            {
                throw SqlErrors.Create(1222);
            }

            waiter = new Waiter();
            _queue.AddLast(waiter.Node);
        }

        bool granted = false;
        try
        {
            granted = waiter.Signal.Wait(timeoutMilliseconds, cancellation);
        }
        finally
        {
            if (!granted && !Abandon(waiter))
            {
                // The slot was handed over in the very moment of giving up: pass it on.
                Exit();
            }

            waiter.Signal.Dispose();
        }

        if (!granted)
        {
            throw SqlErrors.Create(1222);
        }
    }

    /// <summary>Gives the slot to the next in line.</summary>
    public void Exit()
    {
        lock (_lock)
        {
            if (_queue.First is { } first)
            {
                _queue.RemoveFirst();
                first.Value.Signal.Set();
            }
            else
            {
                _taken = false;
            }
        }
    }

    /// <summary>Leaves the queue; false when the slot has already been granted.</summary>
    private bool Abandon(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node.List is null)
            {
                return false;
            }

            _queue.Remove(waiter.Node);
            return true;
        }
    }

    private sealed class Waiter
    {
        public Waiter() => Node = new LinkedListNode<Waiter>(this);

        public LinkedListNode<Waiter> Node { get; }

        public ManualResetEventSlim Signal { get; } = new(false);
    }
}
