using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    private const string JsonColumnName = "JSON_F52E2B61-18A1-11d1-B105-00805F49916B";
    private const string XmlColumnName = "XML_F52E2B61-18A1-11d1-B105-00805F49916B";

    /// <summary>FOR JSON and FOR XML: one text instead of the rows.</summary>
    private BoundSelect BindFor(ForClause? clause, Relation root, IReadOnlyList<OutputColumn> columns, SelectBlock? block)
    {
        if (clause is null)
        {
            return new BoundSelect(root, columns);
        }

        int register = _context.AllocateRegister();
        FormatColumn[] format = columns.Select((c, i) => new FormatColumn(c.Name, c.Type, c.Register)
        {
            IsRaw = c.Type.Id is SqlTypeId.Json or SqlTypeId.Xml || (block?.IsRawColumn(i) ?? false),
            Source = _sourceNames.GetValueOrDefault(c.Register),
        }).ToArray();
        bool isJson = clause.Kind is ForKind.JsonPath or ForKind.JsonAuto;
        if (isJson)
        {
            CheckJsonColumns(clause, format);
        }

        Func<RowFormatter> formatter = clause.Kind switch
        {
            ForKind.JsonPath => JsonPathFormatter.Prepare(format, clause),
            ForKind.JsonAuto => JsonAutoFormatter.Prepare(format, clause),
            ForKind.XmlPath or ForKind.XmlRaw => XmlFormatter.Prepare(format, clause),
            _ => throw SqlErrors.NotSupported(clause.Kind == ForKind.XmlAuto ? "FOR XML AUTO" : "FOR XML EXPLICIT"),
        };
        SqlType type = clause is { Type: true } && !isJson ? SqlType.Xml : SqlType.NVarCharMax;
        var column = new OutputColumn(isJson ? JsonColumnName : XmlColumnName, type, true, register) { IsComputed = true };
        return new BoundSelect(new FormatRelation(root, columns, register, formatter), [column]);
    }

    private static void CheckJsonColumns(ForClause clause, FormatColumn[] columns)
    {
        if (clause.Root is not null && clause.WithoutArrayWrapper)
        {
            throw SqlErrors.Create(13606);
        }

        foreach (FormatColumn column in columns)
        {
            if (column.Name.Length == 0)
            {
                throw SqlErrors.Create(13605);
            }
        }

        if (clause.Kind == ForKind.JsonAuto && !columns.Any(c => c.Source is not null))
        {
            throw SqlErrors.Create(13600);
        }
    }

    private sealed partial class SelectBlock
    {
        /// <summary>Whether a column already is JSON (or XML) that goes into the text as it is.</summary>
        public bool IsRawColumn(int index) => _columns[index].Syntax switch
        {
            ScalarSubqueryExpression { Query.For: { } inner } => query.For!.Kind is ForKind.JsonPath or ForKind.JsonAuto
                ? inner.Kind is ForKind.JsonPath or ForKind.JsonAuto && !inner.WithoutArrayWrapper
                : inner.Type,
            FunctionCallExpression call => call.Name.Name.ToUpperInvariant() is "JSON_QUERY" or "JSON_OBJECT" or "JSON_ARRAY" or "JSON_MODIFY" or "JSON_ARRAYAGG" or "JSON_OBJECTAGG",
            _ => false,
        };
    }
}
