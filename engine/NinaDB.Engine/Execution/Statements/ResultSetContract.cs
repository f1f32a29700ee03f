using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What EXECUTE ... WITH RESULT SETS promises of the result sets that follow. Errors 11535 to 11538, 11553 and 8114.</summary>
internal sealed class ResultSetContract(IReadOnlyList<IReadOnlyList<ResultColumn>> sets)
{
    private int _sent;
    private IReadOnlyList<ResultColumn> _columns = [];
    private Func<SqlValue, SqlValue>?[] _converters = [];
    private IReadOnlyList<ResultColumn> _given = [];

    /// <summary>The next result set begins: its columns as they were promised.</summary>
    public IReadOnlyList<ResultColumn> Begin(IReadOnlyList<ResultColumn> columns)
    {
        if (_sent == sets.Count)
        {
            throw SqlErrors.Create(11535, sets.Count);
        }

        IReadOnlyList<ResultColumn> promised = sets[_sent++];
        if (promised.Count != columns.Count)
        {
            throw SqlErrors.Create(11537, promised.Count, _sent, columns.Count);
        }

        _columns = promised;
        _given = columns;
        _converters = new Func<SqlValue, SqlValue>?[columns.Count];
        for (int i = 0; i < columns.Count; i++)
        {
            if (!SqlConvert.CanConvert(columns[i].Type, promised[i].Type, isImplicit: true))
            {
                throw SqlErrors.Create(11538, promised[i].Type.Name, i + 1, _sent, columns[i].Type.Name);
            }

            _converters[i] = SqlConvert.GetConverter(columns[i].Type, promised[i].Type);
        }

        return promised;
    }

    /// <summary>A row as it was promised.</summary>
    public SqlValue[] Convert(ReadOnlySpan<SqlValue> row)
    {
        var result = new SqlValue[row.Length];
        for (int i = 0; i < result.Length; i++)
        {
            if (row[i].IsNull)
            {
                result[i] = _columns[i].IsNullable ? SqlValue.Null : throw SqlErrors.Create(11553, i + 1, _sent);
                continue;
            }

            try
            {
                result[i] = _converters[i] is { } convert ? convert(row[i]) : row[i];
            }
            catch (SqlErrorException)
            {
                throw SqlErrors.Create(8114, _given[i].Type.DisplayName, _columns[i].Type.DisplayName);
            }
        }

        return result;
    }

    /// <summary>The call is over: error 11536 when less was sent than promised.</summary>
    public void End(int line, string? procedure)
    {
        if (_sent < sets.Count)
        {
            throw new SqlErrorException(SqlErrors.Create(11536, sets.Count, _sent).Error with { Line = line, Procedure = procedure }) { IsLocated = true };
        }
    }

    public static ResultSetContract Create(EngineSession session, IReadOnlyList<ResultSetSyntax> sets, UnitCompiler compiler) =>
        new([.. sets.Select(s => Columns(session, s, compiler))]);

    private static IReadOnlyList<ResultColumn> Columns(EngineSession session, ResultSetSyntax set, UnitCompiler compiler)
    {
        if (set.IsXml)
        {
            return [new ResultColumn("XML_F52E2B61-18A1-11d1-B105-00805F49916B", SqlType.NVarCharMax, true)];
        }

        if (set.Object is { } name)
        {
            CatalogObject? found = name.Parts.Count > 2 ? null : name.Name.StartsWith('#') ? compiler.FindTemporary(name.Name) : compiler.FindObject(name);
            return found switch
            {
                TableDefinition table => ColumnsOf(table),
                ModuleDefinition { Type: ObjectTypes.View or ObjectTypes.InlineFunction or ObjectTypes.TableFunction } module =>
                    [.. module.Columns.Select(c => new ResultColumn(c.Name, c.Type, c.IsNullable))],
                _ => throw SqlErrors.Create(11533, name),
            };
        }

        if (set.Type is { } type)
        {
            TableDefinition? shape = type.Parts.Count > 2 ? null : session.Catalog.FindType(type.Schema, type.Name)?.Table;
            return ColumnsOf(shape ?? throw SqlErrors.Create(11534, type));
        }

        return [.. set.Columns.Select((c, i) => new ResultColumn(c.Name, TypeResolver.Resolve(c.Type, session.Catalog, TypeUse.Column(c.Name, i + 1)).Type, c.IsNullable))];
    }

    private static IReadOnlyList<ResultColumn> ColumnsOf(TableDefinition table) =>
        [.. table.Columns.Where(c => !c.IsHidden).Select(c => new ResultColumn(c.Name, c.Type, c.IsNullable))];
}
