using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>TABLESAMPLE. Source: learn.microsoft.com/en-us/sql/t-sql/queries/from-transact-sql.</summary>
internal sealed partial class QueryBinder
{
    /// <summary>Only base tables have pages to sample.</summary>
    private BoundSource BindSample(BoundSource source, ObjectName name, TableSampleClause sample, BindingScope lateral)
    {
        bool isCommonTable = name.Parts.Count == 1 && FindCommonTable(name.Name, lateral) is not null;
        if (isCommonTable || source.Sources is not [{ Table: { } table }] || (!name.Name.StartsWith('#') && FindObject(name).Object is not TableDefinition))
        {
            throw SqlErrors.Create(494);
        }

        double size = SampleNumber(sample.Size);
        if (sample.IsPercent && size is < 0 or > 100)
        {
            throw SqlErrors.Create(476, size.ToString("F6", CultureInfo.InvariantCulture), table.Name);
        }

        if (!sample.IsPercent && size <= 0)
        {
            throw SqlErrors.Create(477, (long)size, table.Name);
        }

        double? seed = sample.Repeatable is null ? null : SampleNumber(sample.Repeatable);
        return seed <= 0 ? throw SqlErrors.Create(477, (long)seed, table.Name) : source with { Relation = new SampleRelation(source.Relation, table, size, sample.IsPercent, (long?)seed) };
    }

    private double SampleNumber(Expression syntax)
    {
        if (syntax is VariableExpression)
        {
            throw SqlErrors.Create(497);
        }

        var binder = new ExpressionBinder(new BindingScope(_context), this);
        return binder.Coerce(binder.Bind(syntax), SqlType.Float) is BoundConstant { Value.IsNull: false } constant ? constant.Value.AsDouble : throw SqlErrors.Create(497);
    }
}
