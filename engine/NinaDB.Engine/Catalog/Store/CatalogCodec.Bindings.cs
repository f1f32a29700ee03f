namespace NinaDB.Engine.Catalog;

/// <summary>Rules and defaults as objects, and what is bound to them.</summary>
internal static partial class CatalogCodec
{
    private static BindableDefinition ReadBindable(CatalogReader reader)
    {
        Header header = ReadHeader(reader);
        return new BindableDefinition
        {
            ObjectId = header.ObjectId,
            SchemaId = header.SchemaId,
            Name = header.Name,
            Type = header.Type,
            CreateDate = header.CreateDate,
            ModifyDate = header.ModifyDate,
            Text = reader.String(),
            Body = reader.String(),
        };
    }

    private static ClrTypeName? ReadClrName(CatalogReader reader)
    {
        var name = new ClrTypeName(reader.String(), reader.String());
        return name.Assembly.Length == 0 ? null : name;
    }

    private static void WriteBindings(CatalogWriter writer, DefaultDefinition? value, RuleBinding? rule)
    {
        writer.Bool(value is not null);
        if (value is not null)
        {
            writer.Int32(value.ObjectId);
            writer.String(value.Name);
            writer.String(value.Text);
        }

        writer.Bool(rule is not null);
        if (rule is not null)
        {
            writer.Int32(rule.ObjectId);
            writer.String(rule.Name);
            writer.String(rule.Condition);
        }
    }

    private static (DefaultDefinition? Default, RuleBinding? Rule) ReadBindings(CatalogReader reader)
    {
        DefaultDefinition? value = reader.Bool() ? new DefaultDefinition(reader.Int32(), reader.String(), reader.String(), false) { IsBound = true } : null;
        return (value, reader.Bool() ? new RuleBinding(reader.Int32(), reader.String(), reader.String()) : null);
    }

    /// <summary>The columns that are bound to a rule, or whose default is a bound one.</summary>
    private static void WriteColumnBindings(CatalogWriter writer, TableDefinition table) =>
        writer.List(table.Columns.Where(c => c.Rule is not null || c.Default is { IsBound: true }).ToList(), c =>
        {
            writer.Int32(c.ColumnId);
            WriteBindings(writer, c.Default is { IsBound: true } ? c.Default : null, c.Rule);
        });

    private static TableDefinition ReadColumnBindings(CatalogReader reader, TableDefinition table)
    {
        foreach ((int column, (DefaultDefinition? value, RuleBinding? rule)) in reader.List(() => (reader.Int32(), ReadBindings(reader))))
        {
            int ordinal = table.OrdinalOf(column);
            ColumnDefinition bound = table.Columns[ordinal];
            table = table with { Columns = table.Columns.SetItem(ordinal, bound with { Default = value ?? bound.Default, Rule = rule }) };
        }

        return table;
    }
}
