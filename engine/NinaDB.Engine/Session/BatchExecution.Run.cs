using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>The interpreter: a stack of frames, one operation at a time, and at most one statement that is producing rows.</summary>
public sealed partial class BatchExecution
{
    /// <summary>Deepest nesting of procedures, functions and triggers (error 217).</summary>
    internal const int MaximumNesting = 32;

    private readonly BatchExecution? _outer;
    private Frame? _top;

    /// <summary>Frames at or below it belong to the code that called <see cref="RunNested"/>.</summary>
    private Frame? _floor;

    /// <summary>Rows being produced by the current statement.</summary>
    private RowSource? _rows;

    /// <summary>Where INSERT ... EXEC collects rows; null when they go to the client.</summary>
    private Action<SqlValue[]>? _collector;

    private Operation? _current;
    private bool _isCompiling;

    internal BatchExecution(EngineSession session, IResultSink? sink, CancellationToken cancellation)
    {
        Session = session;
        Cancellation = cancellation;
        _sink = sink;
        _outer = session.Running;
        session.Running = this;
        if (_outer is null)
        {
            session.RequestBegan = Environment.TickCount64;
        }

        _savedContextDepth = session.CaughtDepth;
    }

    private readonly int _savedContextDepth;

    internal EngineSession Session { get; }

    internal CancellationToken Cancellation { get; }

    /// <summary>The step that is running.</summary>
    internal Operation? Current => _current;

    /// <summary>The innermost running frame.</summary>
    internal Frame? Top => _top;

    /// <summary>True while INSERT ... EXEC collects rows (a second one is error 8164).</summary>
    internal bool IsCollecting => _collector is not null;

    /// <summary>Called with the root frame's outputs when the request has ended without being aborted.</summary>
    internal Action<BatchExecution>? Completed { get; set; }

    /// <summary>Runs until there is a row, an event in the queue, or the end. True when <see cref="Row"/> holds a row.</summary>
    private bool Advance()
    {
        IStoreConnection? kept = null;
        using ThreadSession.Scope thread = ThreadSession.Enter(Session);
        try
        {
            if (_rows is null)
            {
                if (_outer is null)
                {
                    kept = Session.Store;
                    kept.KeepSnapshot();
                }

                RunOperations(null);
                if (_queue.Count > 0)
                {
                    return false;
                }

                if (_top is null && _rows is null)
                {
                    Finish();
                    return false;
                }
            }

            if (_rows is not null)
            {
                return ProduceRows();
            }
        }
        catch (BatchAbortedException)
        {
            Finish();
        }
        catch (Exception)
        {
            Abandon();
            throw;
        }
        finally
        {
            // While the client looks at what there is, nothing is held that no statement needs.
            kept?.ReleaseSnapshot();
        }

        return false;
    }

    /// <summary>Runs operations of the frames above <paramref name="floor"/> until they are gone, a result set opens, or an event is queued.</summary>
    private void RunOperations(Frame? floor)
    {
        while (_top is not null && _top != floor)
        {
            Frame frame = _top;
            try
            {
                Operation[] operations = frame.Routine.Operations;
                while (true)
                {
                    int position = frame.Position;
                    if (position >= operations.Length)
                    {
                        Return(frame);
                        break;
                    }

                    Operation operation = operations[position];
                    _current = operation;
                    if (Cancellation.IsCancellationRequested)
                    {
                        Cancellation.ThrowIfCancellationRequested();
                    }

                    Session.RequireAlive();
                    SessionOptions options = Session.Options;
                    if (options.ShowPlan is not null && operation is not SetOptionOperation)
                    {
                        // Statements are described in their order and none is run, not even a jump.
                        frame.Position = position + 1;
                        ShowPlan.Send(this, frame, operation);
                        continue;
                    }

                    if ((options.NoExec && operation is not SetOptionOperation) || (options.FmtOnly && operation is IDataChange))
                    {
                        frame.Position = position + 1;
                        continue;
                    }

                    if (operation.IsControl)
                    {
                        frame.Position = operation.Execute(this, frame);
                        if (options.StatisticsIo)
                        {
                            TellReads();
                        }

                        continue;
                    }

                    // The operation may push a frame; it returns here with the position to go on with either way.
                    frame.Position = position + 1;
                    long started = options.StatisticsTime ? System.Diagnostics.Stopwatch.GetTimestamp() : operation.IsPlanned ? operation.Statistics?.Begin() ?? System.Diagnostics.Stopwatch.GetTimestamp() : 0;
                    int next = operation.Execute(this, frame);
                    frame.Position = next;
                    if (operation.Statistics is { } statistics)
                    {
                        if (_rows is { } open)
                        {
                            open.Measured = started;
                        }
                        else
                        {
                            statistics.Note(started, Session.RowCount);
                        }
                    }

                    if (options.Measures || Session.Options.Measures)
                    {
                        Tell(operation, frame, started);
                    }

                    if (_rows is null)
                    {
                        Session.LastError = Session.RaisedError;
                        Session.RaisedError = 0;
                    }
                    else
                    {
                        if (_floor is null)
                        {
                            return;
                        }

                        DrainRows();
                    }

                    if (_top != frame)
                    {
                        break;
                    }

                    if (_queue.Count > 0 && _floor is null)
                    {
                        return;
                    }
                }

                if (_queue.Count > 0 && _floor is null)
                {
                    return;
                }
            }
            catch (SqlErrorException error)
            {
                Handle(error, frame, _current);
            }
        }
    }

    /// <summary>Runs a frame to its end inside the current operation (functions, triggers, INSERT ... EXEC).</summary>
    internal void RunNested(Frame frame)
    {
        RowSource? outerRows = _rows;
        IReadOnlyList<ResultColumn>? outerColumns = _pendingColumns;
        bool outerHolds = _holdsRow, outerMuted = _isMuted;
        Frame? outerFloor = _floor;
        Operation? outerOperation = _current;
        bool outerCompiling = _isCompiling;
        Frame? floor = frame.Caller;
        _rows = null;
        _isCompiling = false;
        _floor = floor;
        _pendingColumns = null;
        _holdsRow = false;
        _isMuted |= frame.Routine.Kind is RoutineKind.ScalarFunction or RoutineKind.TableFunction;
        try
        {
            RunOperations(floor);
        }
        finally
        {
            while (_top is not null && _top != floor)
            {
                Pop(_top);
            }

            _rows?.Dispose();
            _rows = outerRows;
            _pendingColumns = outerColumns;
            _holdsRow = outerHolds;
            _isMuted = outerMuted;
            _floor = outerFloor;
            _current = outerOperation;
            _isCompiling = outerCompiling;
        }
    }

    /// <summary>A function is running: its statements report nothing.</summary>
    private bool _isMuted;

    /// <summary>Runs what <paramref name="start"/> starts to its end with <paramref name="collector"/> receiving every row (INSERT ... EXEC).</summary>
    internal void Collecting(Frame caller, Action start, Action<SqlValue[]> collector)
    {
        Action<SqlValue[]>? outer = _collector;
        _collector = collector;
        try
        {
            start();
            if (_top is { } callee && callee != caller)
            {
                RunNested(callee);
            }
        }
        finally
        {
            _collector = outer;
        }
    }

    /// <summary>Pushes the frame of a call, compiling its statements ahead the first time.</summary>
    internal void PushCall(Routine routine, Action<Frame> bind)
    {
        Frame frame = Push(routine, bind);
        Precompile(frame);
    }

    /// <summary>Finds binding errors before anything of a routine has run. Errors about objects that may yet be created are left to run time.</summary>
    internal void Precompile(Frame frame)
    {
        Routine routine = frame.Routine;
        if (routine.PrecompiledVersion == Session.Catalog.Version)
        {
            return;
        }

        if (routine.Operations.Length > 1)
        {
            var errors = new CompileErrors();
            EngineSession.Place place = Session.CurrentPlace;
            try
            {
                foreach (Operation operation in routine.Operations)
                {
                    errors.Precompile(operation, this, frame, frame.Name);
                }
            }
            finally
            {
                Session.Return(place);
                _isCompiling = false;
            }

            errors.Throw();
        }

        routine.PrecompiledVersion = Session.Catalog.Version;
    }

    /// <summary>Compiles every statement of a routine without running it; any error ends the attempt.</summary>
    internal void Compile(Routine routine)
    {
        Frame frame = Push(routine);
        try
        {
            foreach (Operation operation in routine.Operations)
            {
                operation.Precompile(this, frame);
            }
        }
        finally
        {
            _isCompiling = false;
            Pop(frame);
        }
    }

    /// <summary>The request has ended: closes what is open, rolls back a doomed transaction (error 3998).</summary>
    private void Finish()
    {
        if (_isFinished)
        {
            return;
        }

        EndRows(failed: true);
        while (_top is not null)
        {
            Pop(_top);
        }

        if (_outer is null && Session.IsDoomed)
        {
            Session.RollbackAll();
            SendError(SqlErrors.Create(3998).Error with { Line = 1 });
            Session.LastError = 3998;
        }

        Completed?.Invoke(this);
        Close();
    }

    /// <summary>Ends the request without looking back: cancellation and internal failures.</summary>
    private void Abandon()
    {
        EndRows(failed: true);
        while (_top is not null)
        {
            Pop(_top);
        }

        if (_outer is null && Session.IsDoomed)
        {
            Session.RollbackAll();
        }

        Close();
    }

    private void Close()
    {
        _isFinished = true;
        Session.TrimCaught(_savedContextDepth);
        if (Session.Running == this)
        {
            Session.Running = _outer;
            if (_outer is null)
            {
                Session.RequestEnded = Environment.TickCount64;
            }
        }
    }

    public void Dispose()
    {
        if (!_isFinished)
        {
            Abandon();
        }
    }

    /// <summary>Until <see cref="EndCompiling"/>, errors are binding errors: they end the scope and skip the TRY block they stand in.</summary>
    internal void BeginCompiling() => _isCompiling = true;

    internal void EndCompiling() => _isCompiling = false;

    /// <summary>A context for one execution: the frame's own when no registers are needed.</summary>
    internal ExecutionContext ContextFor(Frame frame, int registerCount)
    {
        if (registerCount > 0)
        {
            return new ExecutionContext(Session, frame.Variables, registerCount, Cancellation) { Profile = Session.Options.Measures ? ProfileFor() : null };
        }

        if (frame.Scratch is { } scratch)
        {
            scratch.Reset();
            return scratch;
        }

        return frame.Scratch = new ExecutionContext(Session, frame.Variables, 0, Cancellation);
    }

    /// <summary>Pushes the first frame; an error on the way (of syntax, say) becomes the request's only event.</summary>
    internal void Start(Action push)
    {
        long started = Session.Options.StatisticsTime ? System.Diagnostics.Stopwatch.GetTimestamp() : 0;
        try
        {
            push();
            if (started != 0)
            {
                SendCompileTime(started);
            }
        }
        catch (SqlErrorException error)
        {
            bool isBinding = _isCompiling;
            _isCompiling = false;
            error.Locate(1, null);
            Session.LastError = error.Error.Number;
            if (ErrorEffects.Of(error, isBinding, Session.Options) == ErrorEffect.EndsTransaction && Session.TransactionCount > 0)
            {
                Session.RollbackAll();
            }

            while (_top is not null)
            {
                Pop(_top);
            }

            SendErrors(error);
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    internal void SetReturnValue(int value) => ReturnValue = value;
}

/// <summary>Unwinds nested runs after an error has ended the whole batch; never leaves <see cref="BatchExecution"/>.</summary>
internal sealed class BatchAbortedException : Exception
{
}
