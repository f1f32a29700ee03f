using System.Collections;
using System.Data;
using System.Data.Common;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Data;

/// <summary>
/// Reads result sets while the batch runs: each <see cref="Read"/> lets the engine produce one row, on this thread. Large objects are read through
/// <see cref="GetStream"/> without being loaded. An error of a statement is thrown where it occurred; reading may go on with <see cref="NextResult"/>.
/// </summary>
public sealed partial class NinaDataReader : DbDataReader, IDbColumnSchemaGenerator
{
    private readonly NinaCommand _command;
    private readonly NinaConnection _connection;
    private readonly BatchExecution _execution;
    private readonly SessionParameter[] _parameters;
    private readonly CommandBehavior _behavior;
    private readonly bool _collectErrors;
    private List<SqlError>? _errors;
    private IReadOnlyList<ResultColumn> _columns = [];

    /// <summary>The columns of the current result set as the engine knows them.</summary>
    internal IReadOnlyList<ResultColumn> ResultColumns => _columns;
    private Dictionary<string, int>? _ordinals;
    private int _recordsAffected = -1;
    private bool _isClosed;

    /// <summary>Where the reader stands in the stream of events.</summary>
    private Position _position = Position.BeforeResults;

    /// <summary>A result set has come since the last statement was done, so its count is of rows read, not changed.</summary>
    private bool _sawResult;

    /// <summary>The current event begins a result set that has not been entered yet.</summary>
    private bool _columnsAreWaiting;

    private enum Position : byte
    {
        /// <summary>Between result sets.</summary>
        BeforeResults,

        /// <summary>In a result set, whose next row has been produced already (to answer HasRows).</summary>
        BeforeFirstRow,

        OnRow,

        /// <summary>All rows of the result set are read.</summary>
        AfterRows,

        AtEnd,
    }

    internal NinaDataReader(
        NinaCommand command, NinaConnection connection, BatchExecution execution, SessionParameter[] parameters, CommandBehavior behavior, bool collectErrors)
    {
        _command = command;
        _connection = connection;
        _execution = execution;
        _parameters = parameters;
        _behavior = behavior;
        _collectErrors = collectErrors;
    }

    public override int FieldCount => Open()._columns.Count;

    public override int VisibleFieldCount => Open()._columns.Count(c => !c.IsHidden);

    public override bool HasRows
    {
        get
        {
            Open();
            return _hasRows;
        }
    }

    private bool _hasRows;

    public override bool IsClosed => _isClosed;

    /// <summary>Rows changed so far; final once the reader is closed. -1 when no statement has changed any.</summary>
    public override int RecordsAffected => _recordsAffected;

    public override int Depth => 0;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <summary>Runs to the first result set.</summary>
    internal void Start() => Advance();

    public override bool Read()
    {
        Open();
        switch (_position)
        {
            case Position.BeforeFirstRow:
                _position = Position.OnRow;
                return true;
            case Position.OnRow:
                return (_behavior & CommandBehavior.SingleRow) == 0 ? NextRow() : SkipRows();
            default:
                return false;
        }
    }

    public override bool NextResult()
    {
        Open();
        if (_position is Position.BeforeFirstRow or Position.OnRow)
        {
            SkipRows();
        }

        _columns = [];
        _ordinals = null;
        _hasRows = false;
        if ((_behavior & (CommandBehavior.SingleResult | CommandBehavior.SingleRow)) != 0)
        {
            RunToEnd();
        }

        return _position != Position.AtEnd && Advance();
    }

    /// <summary>Moves to the next result set; false at the end. Throws the errors met on the way.</summary>
    private bool Advance()
    {
        _position = Position.BeforeResults;
        while (_columnsAreWaiting || Pull())
        {
            switch (_execution.Event)
            {
                case BatchEvent.Columns:
                    // What failed before is reported first; the result set is there for the next call.
                    _columnsAreWaiting = true;
                    ThrowErrors(atEnd: false);
                    _columnsAreWaiting = false;
                    _columns = _execution.Columns;
                    _sawResult = true;
                    _hasRows = NextRow();
                    if (_hasRows)
                    {
                        _position = Position.BeforeFirstRow;
                    }

                    return true;
                default:
                    Take();
                    break;
            }
        }

        _position = Position.AtEnd;
        Complete();
        ThrowErrors(atEnd: true);
        return false;
    }

    /// <summary>Moves to the next row of the result set; false after the last.</summary>
    private bool NextRow()
    {
        while (Pull())
        {
            switch (_execution.Event)
            {
                case BatchEvent.Row:
                    _position = Position.OnRow;
                    return true;
                case BatchEvent.EndRows:
                    _position = Position.AfterRows;
                    return false;
                case BatchEvent.Error:
                    Take();

                    // The statement has failed in the midst of its rows.
                    _position = Position.AfterRows;
                    ThrowErrors(atEnd: false);
                    break;
                default:
                    Take();
                    break;
            }
        }

        _position = Position.AtEnd;
        Complete();
        ThrowErrors(atEnd: true);
        return false;
    }

    private bool SkipRows()
    {
        while (_position is Position.BeforeFirstRow or Position.OnRow)
        {
            NextRow();
        }

        return false;
    }

    /// <summary>Runs what is left of the batch, so that its other statements take effect and output values arrive.</summary>
    internal void RunToEnd()
    {
        while (_position != Position.AtEnd)
        {
            SkipRows();
            if (_position != Position.AtEnd)
            {
                Advance();
            }
        }
    }

    private bool Pull()
    {
        try
        {
            return _execution.MoveNext();
        }
        catch (OperationCanceledException e)
        {
            _position = Position.AtEnd;
            Abandon();
            throw _command.Stopped(e);
        }
        catch (SqlErrorException e)
        {
            _position = Position.AtEnd;
            Abandon();
            throw NinaException.From(e);
        }
        catch
        {
            _position = Position.AtEnd;
            Abandon();
            throw;
        }
    }

    /// <summary>Handles an event that is no result.</summary>
    private void Take()
    {
        switch (_execution.Event)
        {
            case BatchEvent.Done:
                if (!_sawResult && _execution.RowCount is { } count)
                {
                    _recordsAffected = checked(Math.Max(_recordsAffected, 0) + (int)Math.Min(count, int.MaxValue));
                }

                _sawResult = false;
                break;
            case BatchEvent.Message:
                _connection.RaiseMessage(_execution.Message!, _execution.Flush);
                break;
            case BatchEvent.Error:
                (_errors ??= []).Add(_execution.Message!);
                break;
        }
    }

    private void ThrowErrors(bool atEnd)
    {
        if (_errors is { Count: > 0 } errors && (atEnd || !_collectErrors))
        {
            _errors = null;
            throw new NinaException(errors);
        }
    }

    private bool _isComplete;

    /// <summary>The request is over: output values come back and the command is free.</summary>
    private void Complete()
    {
        if (_isComplete)
        {
            return;
        }

        _isComplete = true;
        _execution.Dispose();
        _command.Finish();
        ParameterBinder.WriteBack(_command.Parameters, _parameters, _execution.ReturnValue);
    }

    public override void Close()
    {
        if (_isClosed)
        {
            return;
        }

        try
        {
            RunToEnd();
        }
        finally
        {
            Abandon();
            if ((_behavior & CommandBehavior.CloseConnection) != 0)
            {
                _connection.Close();
            }
        }
    }

    /// <summary>Gives up whatever is left of the request.</summary>
    internal void Abandon()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _position = Position.AtEnd;
        if (!_isComplete)
        {
            _isComplete = true;
            _execution.Dispose();
        }

        if (ReferenceEquals(_connection.ActiveReader, this))
        {
            _connection.ActiveReader = null;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
        }

        base.Dispose(disposing);
    }

    public override IEnumerator GetEnumerator() => new DbEnumerator(this, (_behavior & CommandBehavior.CloseConnection) != 0);

    private NinaDataReader Open() => _isClosed ? throw new InvalidOperationException("Invalid attempt to use a reader that is closed.") : this;

    /// <summary>The value of a column in the current row.</summary>
    private SqlValue Value(int ordinal)
    {
        if (_position != Position.OnRow)
        {
            Open();
            throw new InvalidOperationException("Invalid attempt to read when no data is present.");
        }

        ReadOnlySpan<SqlValue> row = _execution.Row;
        return (uint)ordinal < (uint)_columns.Count ? row[ordinal] : throw new IndexOutOfRangeException($"There is no column {ordinal}.");
    }
}
