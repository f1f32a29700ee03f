using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Aggregates;

/// <remarks>Frames, and aggregates over them: growing frames add, sliding frames add and remove, MIN and MAX slide over a queue of candidates.</remarks>
internal sealed partial class WindowEvaluator
{
    /// <summary>First and last row of every row's frame, clipped to the partition; empty when the first is after the last.</summary>
    private (int[] Starts, int[] Ends) Frames(IWindowPartition partition, ExecutionContext context)
    {
        int count = partition.Count;
        BoundFrame frame = _window.Frame!;
        var starts = new int[count];
        var ends = new int[count];
        if (count == 0)
        {
            return (starts, ends);
        }

        if (frame.Unit == FrameUnit.Range)
        {
            int[] peerStarts = PeerStarts(partition, context);
            int[] peerEnds = PeerEnds(peerStarts);
            for (int i = 0; i < count; i++)
            {
                starts[i] = frame.StartKind == FrameBoundKind.UnboundedPreceding ? 0 : peerStarts[i];
                ends[i] = frame.EndKind == FrameBoundKind.UnboundedFollowing ? count - 1 : peerEnds[i];
            }

            return (starts, ends);
        }

        long startOffset = FrameOffset(_startOffset, context), endOffset = FrameOffset(_endOffset, context);
        for (int i = 0; i < count; i++)
        {
            starts[i] = (int)Math.Clamp(Edge(frame.StartKind, i, startOffset, count), 0, count);
            ends[i] = (int)Math.Clamp(Edge(frame.EndKind, i, endOffset, count), -1, count - 1);
        }

        return (starts, ends);
    }

    private static long FrameOffset(Evaluator? offset, ExecutionContext context)
    {
        if (offset is null)
        {
            return 0;
        }

        SqlValue value = offset(context);
        return value.IsNull || value.AsInt64 < 0 ? throw SqlErrors.Create(4195) : Math.Min(value.AsInt64, int.MaxValue);
    }

    private static long Edge(FrameBoundKind kind, int row, long offset, int count) => kind switch
    {
        FrameBoundKind.UnboundedPreceding => 0,
        FrameBoundKind.Preceding => row - offset,
        FrameBoundKind.CurrentRow => row,
        FrameBoundKind.Following => row + offset,
        _ => count - 1,
    };

    private SqlValue[] Aggregate(IWindowPartition partition, ExecutionContext context)
    {
        int count = partition.Count;
        var results = new SqlValue[count];
        if (count == 0)
        {
            return results;
        }

        bool isStar = _arguments.Length == 0;
        SqlValue[] values = isStar ? [] : Argument(partition, context, 0);
        if (!isStar && Array.Exists(values, v => v.IsNull))
        {
            context.HasEliminatedNull = true;
        }

        BoundFrame frame = _window.Frame!;
        Accumulator accumulator = _createAccumulator!();
        if (frame is { StartKind: FrameBoundKind.UnboundedPreceding, EndKind: FrameBoundKind.UnboundedFollowing })
        {
            for (int i = 0; i < count; i++)
            {
                Add(accumulator, values, isStar, i);
            }

            Array.Fill(results, accumulator.Result);
            return results;
        }

        (int[] starts, int[] ends) = Frames(partition, context);
        if (frame.StartKind == FrameBoundKind.UnboundedPreceding)
        {
            Grow(results, ends, values, isStar, accumulator);
        }
        else if (frame.EndKind == FrameBoundKind.UnboundedFollowing)
        {
            GrowBackward(results, starts, values, isStar, accumulator);
        }
        else if (_window.Name is "MIN" or "MAX")
        {
            SlideExtreme(results, starts, ends, values);
        }
        else
        {
            Slide(results, starts, ends, values, isStar, accumulator);
        }

        return results;
    }

    private static void Add(Accumulator accumulator, SqlValue[] values, bool isStar, int row)
    {
        if (isStar)
        {
            accumulator.Add(default);
        }
        else if (!values[row].IsNull)
        {
            accumulator.Add(values[row]);
        }
    }

    private static void Grow(SqlValue[] results, int[] ends, SqlValue[] values, bool isStar, Accumulator accumulator)
    {
        int next = 0;
        SqlValue current = accumulator.Result;
        for (int i = 0; i < results.Length; i++)
        {
            if (next <= ends[i])
            {
                for (; next <= ends[i]; next++)
                {
                    Add(accumulator, values, isStar, next);
                }

                current = accumulator.Result;
            }

            results[i] = current;
        }
    }

    private static void GrowBackward(SqlValue[] results, int[] starts, SqlValue[] values, bool isStar, Accumulator accumulator)
    {
        int next = results.Length - 1;
        SqlValue current = accumulator.Result;
        for (int i = results.Length - 1; i >= 0; i--)
        {
            if (next >= starts[i])
            {
                for (; next >= starts[i]; next--)
                {
                    Add(accumulator, values, isStar, next);
                }

                current = accumulator.Result;
            }

            results[i] = current;
        }
    }

    private static void Slide(SqlValue[] results, int[] starts, int[] ends, SqlValue[] values, bool isStar, Accumulator accumulator)
    {
        int first = 0, next = 0;
        for (int i = 0; i < results.Length; i++)
        {
            if (starts[i] > ends[i])
            {
                // An empty frame; the accumulator must not be asked to shrink below what it holds.
                accumulator.Reset();
                first = next = starts[i];
                results[i] = accumulator.Result;
                continue;
            }

            if (!accumulator.CanRemove || starts[i] >= next)
            {
                accumulator.Reset();
                for (int row = starts[i]; row <= ends[i]; row++)
                {
                    Add(accumulator, values, isStar, row);
                }

                (first, next) = (starts[i], ends[i] + 1);
            }
            else
            {
                for (; first < starts[i]; first++)
                {
                    if (isStar)
                    {
                        accumulator.Remove(default);
                    }
                    else if (!values[first].IsNull)
                    {
                        accumulator.Remove(values[first]);
                    }
                }

                for (; next <= ends[i]; next++)
                {
                    Add(accumulator, values, isStar, next);
                }
            }

            results[i] = accumulator.Result;
        }
    }

    /// <summary>A queue of rows whose values could still become the extreme, best first.</summary>
    private void SlideExtreme(SqlValue[] results, int[] starts, int[] ends, SqlValue[] values)
    {
        SqlComparer comparer = SqlComparer.For(_window.Type);
        int sign = _window.Name == "MAX" ? 1 : -1;
        var candidates = new LinkedList<int>();
        int next = 0;
        for (int i = 0; i < results.Length; i++)
        {
            for (; next <= ends[i]; next++)
            {
                if (values[next].IsNull)
                {
                    continue;
                }

                while (candidates.Last is { } last && comparer.Compare(values[next], values[last.Value]) * sign >= 0)
                {
                    candidates.RemoveLast();
                }

                candidates.AddLast(next);
            }

            while (candidates.First is { } first && first.Value < starts[i])
            {
                candidates.RemoveFirst();
            }

            results[i] = starts[i] <= ends[i] && candidates.First is { } best ? values[best.Value] : default;
        }
    }
}
