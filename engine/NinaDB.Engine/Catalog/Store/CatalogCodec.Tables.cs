using System.Collections.Immutable;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Catalog;

/// <summary>Tables with their columns, indexes and edge constraints.</summary>
internal static partial class CatalogCodec
{
    private static void WriteTable(CatalogWriter writer, TableDefinition table)
    {
        WriteHeader(writer, table);
        writer.Byte((byte)table.Storage);
        writer.Bool(table.IsNode);
        writer.Bool(table.IsEdge);
        writer.Int32(table.MaxColumnId);
        writer.Map(table.Options);
        writer.List(table.Columns, c => WriteColumn(writer, c));
        writer.List(table.Indexes, i => WriteIndex(writer, i));
        writer.List(table.Checks, c =>
        {
            writer.Int32(c.ObjectId);
            writer.String(c.Name);
            writer.String(c.Text);
            writer.Int32(c.ParentColumnId);
            writer.Bool(c.IsDisabled);
            writer.Bool(c.IsNotTrusted);
            writer.Bool(c.IsSystemNamed);
        });
        writer.List(table.ForeignKeys, k =>
        {
            writer.Int32(k.ObjectId);
            writer.String(k.Name);
            writer.List(k.ColumnIds, writer.Int32);
            writer.Int32(k.ReferencedObjectId);
            writer.List(k.ReferencedColumnIds, writer.Int32);
            writer.Byte((byte)k.OnDelete);
            writer.Byte((byte)k.OnUpdate);
            writer.Bool(k.IsDisabled);
            writer.Bool(k.IsNotTrusted);
            writer.Bool(k.IsSystemNamed);
        });
    }

    private static TableDefinition ReadTable(CatalogReader reader)
    {
        Header header = ReadHeader(reader);
        return new TableDefinition
        {
            ObjectId = header.ObjectId,
            SchemaId = header.SchemaId,
            Name = header.Name,
            Type = header.Type,
            ParentObjectId = header.ParentObjectId,
            CreateDate = header.CreateDate,
            ModifyDate = header.ModifyDate,
            Storage = (TableStorageKind)reader.Byte(),
            IsNode = reader.Bool(),
            IsEdge = reader.Bool(),
            MaxColumnId = reader.Int32(),
            Options = ReadOptions(reader),
            Columns = [.. reader.List(() => ReadColumn(reader))],
            Indexes = [.. reader.List(() => ReadIndex(reader))],
            Checks = [.. reader.List(() => new CheckDefinition(
                reader.Int32(), reader.String(), reader.String(), reader.Int32(), reader.Bool(), reader.Bool(), reader.Bool()))],
            ForeignKeys = [.. reader.List(() => new ForeignKeyDefinition
            {
                ObjectId = reader.Int32(),
                Name = reader.String(),
                ColumnIds = [.. reader.List(reader.Int32)],
                ReferencedObjectId = reader.Int32(),
                ReferencedColumnIds = [.. reader.List(reader.Int32)],
                OnDelete = (ReferentialAction)reader.Byte(),
                OnUpdate = (ReferentialAction)reader.Byte(),
                IsDisabled = reader.Bool(),
                IsNotTrusted = reader.Bool(),
                IsSystemNamed = reader.Bool(),
            })],
        };
    }

    private static void WriteEdgeConstraints(CatalogWriter writer, TableDefinition table) => writer.List(table.EdgeConstraints, c =>
    {
        writer.Int32(c.ObjectId);
        writer.String(c.Name);
        writer.List(c.Clauses, clause =>
        {
            writer.Int32(clause.FromObjectId);
            writer.Int32(clause.ToObjectId);
        });
        writer.Byte((byte)c.OnDelete);
        writer.Bool(c.IsDisabled);
        writer.Bool(c.IsNotTrusted);
        writer.Bool(c.IsSystemNamed);
    });

    private static ImmutableArray<EdgeConstraintDefinition> ReadEdgeConstraints(CatalogReader reader) => [.. reader.List(() => new EdgeConstraintDefinition
    {
        ObjectId = reader.Int32(),
        Name = reader.String(),
        Clauses = [.. reader.List(() => new EdgeConstraintClause(reader.Int32(), reader.Int32()))],
        OnDelete = (ReferentialAction)reader.Byte(),
        IsDisabled = reader.Bool(),
        IsNotTrusted = reader.Bool(),
        IsSystemNamed = reader.Bool(),
    })];

    private static ImmutableDictionary<string, string> ReadOptions(CatalogReader reader) =>
        reader.Map().ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);

    private static void WriteColumn(CatalogWriter writer, ColumnDefinition column)
    {
        writer.Int32(column.ColumnId);
        writer.String(column.Name);
        writer.Type(column.Type);
        writer.Int32(column.UserTypeId);
        writer.Bool(column.IsNullable);
        writer.Bool(column.Identity is not null);
        if (column.Identity is { } identity)
        {
            writer.Decimal(identity.Seed);
            writer.Decimal(identity.Increment);
        }

        writer.String(column.ComputedText);
        writer.Bool(column.IsPersisted);
        writer.Bool(column.Default is not null);
        if (column.Default is { } value)
        {
            writer.Int32(value.ObjectId);
            writer.String(value.Name);
            writer.String(value.Text);
            writer.Bool(value.IsSystemNamed);
        }

        writer.Bool(column.IsRowGuid);
        writer.Bool(column.IsFileStream);
        writer.Bool(column.IsHidden);
        writer.Bool(column.IsSparse);
        writer.String(column.MaskFunction);
        writer.Byte((byte)(column.GeneratedAlways | (column.IsAnsiPadded ? 0 : NotPadded)));
        writer.Int32(column.GraphType);
    }

    private static ColumnDefinition ReadColumn(CatalogReader reader)
    {
        ColumnDefinition column = ReadColumnRecord(reader);
        return column with { GeneratedAlways = (byte)(column.GeneratedAlways & ~NotPadded), IsAnsiPadded = (column.GeneratedAlways & NotPadded) == 0 };
    }

    /// <summary>In the byte of GENERATED ALWAYS: the column was made under ANSI_PADDING OFF.</summary>
    private const byte NotPadded = 0x80;

    private static ColumnDefinition ReadColumnRecord(CatalogReader reader) => new()
    {
        ColumnId = reader.Int32(),
        Name = reader.String(),
        Type = reader.Type(),
        UserTypeId = reader.Int32(),
        IsNullable = reader.Bool(),
        Identity = reader.Bool() ? new IdentityDefinition(reader.Decimal(), reader.Decimal()) : null,
        ComputedText = reader.StringOrNull(),
        IsPersisted = reader.Bool(),
        Default = reader.Bool() ? new DefaultDefinition(reader.Int32(), reader.String(), reader.String(), reader.Bool()) : null,
        IsRowGuid = reader.Bool(),
        IsFileStream = reader.Bool(),
        IsHidden = reader.Bool(),
        IsSparse = reader.Bool(),
        MaskFunction = reader.StringOrNull(),
        GeneratedAlways = reader.Byte(),
        GraphType = reader.Int32(),
    };

    private static void WriteIndex(CatalogWriter writer, IndexDefinition index)
    {
        writer.Int32(index.IndexId);
        writer.String(index.Name);
        writer.Byte((byte)index.Kind);
        writer.Bool(index.IsUnique);
        writer.Bool(index.IsPrimaryKey);
        writer.Bool(index.IsUniqueConstraint);
        writer.Bool(index.IsSystemNamed);
        writer.Int32(index.ConstraintObjectId);
        writer.List(index.KeyColumns, c =>
        {
            writer.Int32(c.ColumnId);
            writer.Bool(c.IsDescending);
        });
        writer.List(index.IncludedColumnIds, writer.Int32);
        writer.String(index.FilterText);
        writer.Bool(index.IsDisabled);
        writer.Bool(index.IgnoreDuplicateKeys);
        writer.Byte(index.FillFactor);
        writer.Int32(index.TreeId);
        writer.String(index.VectorMetric);
        writer.Map(index.Options);
    }

    private static IndexDefinition ReadIndex(CatalogReader reader) => new()
    {
        IndexId = reader.Int32(),
        Name = reader.StringOrNull(),
        Kind = (IndexKind)reader.Byte(),
        IsUnique = reader.Bool(),
        IsPrimaryKey = reader.Bool(),
        IsUniqueConstraint = reader.Bool(),
        IsSystemNamed = reader.Bool(),
        ConstraintObjectId = reader.Int32(),
        KeyColumns = [.. reader.List(() => new IndexColumn(reader.Int32(), reader.Bool()))],
        IncludedColumnIds = [.. reader.List(reader.Int32)],
        FilterText = reader.StringOrNull(),
        IsDisabled = reader.Bool(),
        IgnoreDuplicateKeys = reader.Bool(),
        FillFactor = reader.Byte(),
        TreeId = reader.Int32(),
        VectorMetric = reader.StringOrNull(),
        Options = ReadOptions(reader),
    };
}
