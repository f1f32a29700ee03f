using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>
/// The running state of one aggregate over one group or window frame. Never sees NULLs unless <see cref="AcceptsNull"/>; DISTINCT and ORDER BY are handled around it.
/// </summary>
internal abstract class Accumulator
{
    /// <summary>JSON_ARRAYAGG and the like look at NULLs themselves; everybody else has them skipped.</summary>
    public virtual bool AcceptsNull => false;

    /// <summary>Whether <see cref="Remove"/> works, so that a sliding window frame need not be recomputed.</summary>
    public virtual bool CanRemove => false;

    public abstract void Add(in SqlValue value);

    /// <summary>Adds a row of a two-argument aggregate (value and separator, key and value).</summary>
    public virtual void Add(in SqlValue value, in SqlValue second) => Add(value);

    /// <summary>Takes the oldest value out again.</summary>
    public virtual void Remove(in SqlValue value) => throw new NotSupportedException();

    /// <summary>The value over everything added so far; more may be added afterwards.</summary>
    public abstract SqlValue Result { get; }

    /// <summary>Back to the state of an empty group.</summary>
    public abstract void Reset();

    protected static SqlErrorException Overflow(string type) => SqlErrors.Create(8115, "expression", type);
}
