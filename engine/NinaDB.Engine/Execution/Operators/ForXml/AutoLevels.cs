using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>
/// The levels of FOR XML AUTO and FOR JSON AUTO: one a table that the select list names a column of, in the order in which it does. Computed columns belong to the table before them.
/// </summary>
internal sealed record AutoLevel(string Name, object? Source, List<FormatColumn> Columns, List<SqlComparer?> Comparers)
{
    /// <param name="columns">The select list.</param>
    /// <param name="first">Name of the first table of FROM, for select lists without any column of a table.</param>
    public static List<AutoLevel> Build(IReadOnlyList<FormatColumn> columns, string first)
    {
        var levels = new List<AutoLevel>();
        AutoLevel? current = null;
        var early = new List<FormatColumn>();
        foreach (FormatColumn column in columns)
        {
            if (column.Source is { } source)
            {
                current = levels.Find(l => string.Equals(l.Name, source, StringComparison.OrdinalIgnoreCase));
                if (current is null)
                {
                    current = new AutoLevel(source, column.Table, [], []);
                    levels.Add(current);
                }
            }

            if (current is null)
            {
                early.Add(column);
            }
            else
            {
                current.Columns.Add(column);
            }
        }

        if (levels.Count == 0)
        {
            levels.Add(new AutoLevel(first, null, [], []));
        }

        levels[0].Columns.InsertRange(0, early);
        foreach (AutoLevel level in levels)
        {
            level.Comparers.AddRange(level.Columns.Select(c => IsComparable(c.Type) ? SqlComparer.For(c.Type) : null));
        }

        return levels;
    }

    private static bool IsComparable(SqlType type) => type.Id is not (SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.Text or SqlTypeId.NText or SqlTypeId.Image);

    /// <summary>Whether a row continues the element or object of the row before; what cannot be compared never does.</summary>
    public bool Continues(SqlValue[] previous, SqlValue[] registers)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            SqlValue value = registers[Columns[i].Register];
            if (Comparers[i] is not { } comparer || previous[i].IsNull != value.IsNull || (!value.IsNull && !comparer.Equals(previous[i], value)))
            {
                return false;
            }
        }

        return true;
    }

    public void Keep(SqlValue[] previous, SqlValue[] registers)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            previous[i] = registers[Columns[i].Register];
        }
    }
}
