using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Clr;

/// <summary>The ORDER clause of a CLR table-valued function: rows that come otherwise are error 5332.</summary>
internal sealed class StreamOrder
{
    private readonly string _function;
    private readonly (int Ordinal, SqlComparer Comparer, bool IsDescending)[] _keys;
    private SqlValue[]? _previous;

    private StreamOrder(string function, (int, SqlComparer, bool)[] keys)
    {
        _function = function;
        _keys = keys;
    }

    /// <summary>Null for a function that promises no order.</summary>
    public static StreamOrder? Of(ModuleDefinition module)
    {
        IReadOnlyList<Syntax.Ast.IndexColumnSyntax> columns = ModuleSyntax.Function(module).Order;
        return columns.Count == 0 ? null : new StreamOrder(module.Name, [.. columns.Select(c => Key(module, c))]);
    }

    public void Check(SqlValue[] row)
    {
        foreach ((int ordinal, SqlComparer comparer, bool isDescending) in _previous is null ? [] : _keys)
        {
            int order = comparer.Compare(_previous![ordinal], row[ordinal]);
            if (isDescending ? order < 0 : order > 0)
            {
                throw SqlErrors.Create(5332, _function);
            }

            if (order != 0)
            {
                break;
            }
        }

        _previous = row;
    }

    /// <summary>Position and comparison of a column of the clause. Error 207 when the function has no such column.</summary>
    public static (int Ordinal, SqlComparer Comparer, bool IsDescending) Key(ModuleDefinition module, Syntax.Ast.IndexColumnSyntax column)
    {
        for (int i = 0; i < module.Columns.Length; i++)
        {
            if (module.Columns[i].Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase))
            {
                return (i, SqlComparer.For(module.Columns[i].Type), column.IsDescending);
            }
        }

        throw SqlErrors.Create(207, column.Name);
    }
}
