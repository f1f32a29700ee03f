using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>PERIOD FOR SYSTEM_TIME and the columns that it is made of.</summary>
internal sealed partial class TableBuilder
{
    /// <summary>sys.columns.generated_always_type of a column, with the rules of its declaration. Errors 13501, 13502, 13503, 13587.</summary>
    private byte GeneratedType(ColumnDefinitionSyntax syntax, SqlType type)
    {
        byte generated = syntax.Generated switch
        {
            GeneratedAlways.None => 0,
            GeneratedAlways.RowStart => GeneratedColumns.RowStart,
            GeneratedAlways.RowEnd => GeneratedColumns.RowEnd,
            _ => throw SqlErrors.NotSupported("GENERATED ALWAYS AS " + (syntax.Generated is GeneratedAlways.TransactionIdStart or GeneratedAlways.TransactionIdEnd ? "TRANSACTION_ID" : "SEQUENCE_NUMBER")),
        };
        if (generated == 0)
        {
            if (syntax.IsHidden)
            {
                throw SqlErrors.Create(13735, syntax.Name, Table.Name);
            }

            return 0;
        }

        if (Table.Columns.Any(c => c.GeneratedAlways == generated))
        {
            throw SqlErrors.Create(generated == GeneratedColumns.RowStart ? 13502 : 13503);
        }

        RequirePeriodType(syntax.Name, type, syntax.IsNullable == true);
        return generated;
    }

    private static void RequirePeriodType(string name, SqlType type, bool isNullable)
    {
        if (type.Id != SqlTypeId.DateTime2)
        {
            throw SqlErrors.Create(13501, name);
        }

        if (isNullable)
        {
            throw SqlErrors.Create(13587, name);
        }
    }

    /// <summary>Sets the period of a table whose columns are there. Errors 13504 to 13507, 13509, 13513, 13597.</summary>
    /// <param name="added">Columns of the same statement.</param>
    public void SetPeriod((string Start, string End)? period, IReadOnlyList<ColumnDefinitionSyntax> added)
    {
        bool generates = added.Any(c => c.Generated != GeneratedAlways.None);
        if (period is null)
        {
            if (generates && Table.Period is null)
            {
                throw SqlErrors.Create(13509);
            }

            return;
        }

        if (Table.Period is not null)
        {
            throw SqlErrors.Create(13597, DisplayName);
        }

        // Columns that ALTER TABLE finds become generated ones; CREATE TABLE must say so itself.
        ColumnDefinition start = PeriodColumn(period.Value.Start, GeneratedColumns.RowStart, generates);
        ColumnDefinition end = PeriodColumn(period.Value.End, GeneratedColumns.RowEnd, generates);
        if (start.Type.Scale != end.Type.Scale)
        {
            throw SqlErrors.Create(13513);
        }

        ReplaceColumn(start with { GeneratedAlways = GeneratedColumns.RowStart });
        ReplaceColumn(end with { GeneratedAlways = GeneratedColumns.RowEnd });
        Table = Table with { Period = new PeriodDefinition(start.ColumnId, end.ColumnId) };
    }

    private ColumnDefinition PeriodColumn(string name, byte generated, bool generates)
    {
        bool isStart = generated == GeneratedColumns.RowStart;
        if (_isNew || generates)
        {
            ColumnDefinition declared = Table.Columns.FirstOrDefault(c => c.GeneratedAlways == generated) ?? throw SqlErrors.Create(isStart ? 13504 : 13505);
            return declared.Name.Equals(name, StringComparison.OrdinalIgnoreCase) ? declared : throw SqlErrors.Create(isStart ? 13506 : 13507);
        }

        ColumnDefinition column = RequireColumn(name, () => SqlErrors.Create(4924, "ALTER TABLE", name, Table.Name));
        RequirePeriodType(column.Name, column.Type, column.IsNullable);
        return column;
    }

    private string DisplayName => _session.DescribeTable(Table, withDatabase: true);
}
