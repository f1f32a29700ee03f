using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>
/// A position in a tree: a path of nodes, each one or more numbers (/1/2.1/). Kept in SQL Server's own bit form, whose byte order is depth-first order.
/// </summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/data-types/hierarchyid-data-type-method-reference.</remarks>
internal sealed class HierarchyId
{
    /// <summary>Longest binary form.</summary>
    public const int MaximumBytes = 892;

    private readonly long[][] _nodes;

    private HierarchyId(long[][] nodes) => _nodes = nodes;

    public static HierarchyId Root { get; } = new([]);

    public short Level => checked((short)_nodes.Length);

    /// <summary>Reads /1/2.5/3/. Error 6522 (24001) for anything else.</summary>
    public static HierarchyId Parse(string text)
    {
        if (text == "/")
        {
            return Root;
        }

        if (text.Length < 3 || text[0] != '/' || text[^1] != '/')
        {
            throw Malformed(text);
        }

        string[] parts = text[1..^1].Split('/');
        var nodes = new long[parts.Length][];
        for (int i = 0; i < parts.Length; i++)
        {
            string[] labels = parts[i].Split('.');
            nodes[i] = new long[labels.Length];
            for (int k = 0; k < labels.Length; k++)
            {
                if (!long.TryParse(labels[k], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out nodes[i][k]) || labels[k][0] == '+')
                {
                    throw Malformed(text);
                }
            }
        }

        var id = new HierarchyId(nodes);
        return id.ToBytes().Length <= MaximumBytes ? id : throw Malformed(text);
    }

    /// <summary>Reads the binary form. Error 6522 (24000) unless it is exactly what <see cref="ToBytes"/> writes.</summary>
    public static HierarchyId FromBytes(byte[] bytes)
    {
        HierarchyId id = new(HierarchyIdBits.Read(bytes) ?? throw Invalid());
        return id.ToBytes().AsSpan().SequenceEqual(bytes) ? id : throw Invalid();
    }

    public byte[] ToBytes() => HierarchyIdBits.Write(_nodes) ?? throw Malformed(ToString());

    public override string ToString()
    {
        var text = new StringBuilder("/");
        foreach (long[] node in _nodes)
        {
            text.AppendJoin('.', node.Select(n => n.ToString(CultureInfo.InvariantCulture))).Append('/');
        }

        return text.ToString();
    }

    /// <summary>The node some levels up; null above the root. Error 6522 (24011) for a negative number.</summary>
    public HierarchyId? Ancestor(int levels) => levels < 0
        ? throw Fails("24011: SqlHierarchyId.GetAncestor failed because 'n' was negative.")
        : levels > _nodes.Length ? null : new(_nodes[..^levels]);

    /// <summary>A node is its own descendant.</summary>
    public bool IsDescendantOf(HierarchyId parent) => parent._nodes.Length <= _nodes.Length && !parent._nodes.Where((node, i) => !node.AsSpan().SequenceEqual(_nodes[i])).Any();

    /// <summary>This node with one beginning of its path replaced by another. Error 6522 (24009) when it has another beginning.</summary>
    public HierarchyId Reparented(HierarchyId oldRoot, HierarchyId newRoot) => IsDescendantOf(oldRoot)
        ? new([.. newRoot._nodes, .. _nodes[oldRoot._nodes.Length..]])
        : throw Fails("24009: SqlHierarchyId.GetReparentedValue failed because 'oldRoot' was not an ancestor node of 'this'.");

    /// <summary>A child of this node after one child and before another; null for no limit.</summary>
    public HierarchyId Descendant(HierarchyId? first, HierarchyId? second)
    {
        RequireChild(first, "24008: SqlHierarchyId.GetDescendant failed because 'child1' must be a child of 'this'.");
        RequireChild(second, "24009: SqlHierarchyId.GetDescendant failed because 'child2' must be a child of 'this'.");
        if (first is null || second is null)
        {
            long[] only = first is not null ? [first._nodes[^1][0] + 1] : second is not null ? [second._nodes[^1][0] - 1] : [1];
            return new([.. _nodes, only]);
        }

        return new([.. _nodes, Between(first._nodes[^1], second._nodes[^1])]);
    }

    private static long[] Between(long[] low, long[] high)
    {
        int common = 0;
        while (common < low.Length && common < high.Length && low[common] == high[common])
        {
            common++;
        }

        if (common == high.Length || (common < low.Length && low[common] > high[common]))
        {
            throw Fails("24010: SqlHierarchyId.GetDescendant failed because 'child1' must be less than 'child2'.");
        }

        if (common == low.Length)
        {
            // 1 and 1.5: something before the 5.
            return [.. low, high[common] - 1];
        }

        if (high[common] - low[common] > 1)
        {
            return [.. low[..common], low[common] + 1];
        }

        return common + 1 < low.Length ? [.. low[..(common + 1)], low[common + 1] + 1] : [.. low, 1];
    }

    private void RequireChild(HierarchyId? child, string message)
    {
        if (child is not null && (child._nodes.Length != _nodes.Length + 1 || !child.IsDescendantOf(this)))
        {
            throw Fails(message);
        }
    }

    private static SqlErrorException Malformed(string text) =>
        Fails($"24001: SqlHierarchyId.Parse failed because the input string '{text}' is not a valid string representation of a SqlHierarchyId node.");

    private static SqlErrorException Invalid() => Fails("24000: SqlHierarchyId operation failed because HierarchyId object was constructed from an invalid binary string.");

    private static SqlErrorException Fails(string message) => SqlErrors.CreateWithState(6522, 2, "hierarchyid", "Microsoft.SqlServer.Types.HierarchyIdException: " + message);
}
