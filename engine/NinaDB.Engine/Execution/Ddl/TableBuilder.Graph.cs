using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Node and edge tables: https://learn.microsoft.com/en-us/sql/t-sql/statements/create-table-sql-graph.</summary>
internal sealed partial class TableBuilder
{
    /// <summary>Gives a node or edge table its graph columns, and the unique index over its ids unless the table declares one. To be called before anything else is added.</summary>
    public void AddGraphColumns(TableDefinitionSyntax syntax)
    {
        if (!Table.IsNode && !Table.IsEdge)
        {
            return;
        }

        string schema = Catalog.SchemaName(Table.SchemaId)!;
        ImmutableArray<ColumnDefinition> columns = [.. Table.IsNode ? GraphColumns.OfNode(schema, Table.Name, Table.ObjectId) : GraphColumns.OfEdge(schema, Table.Name, Table.ObjectId)];
        Table = Table with { Columns = columns, MaxColumnId = columns.Length };
        string pseudoColumn = Table.IsNode ? GraphColumns.NodeId : GraphColumns.EdgeId;
        bool IsOnId(IReadOnlyList<IndexColumnSyntax> key) => key.Count == 1 && key[0].Name.Equals(pseudoColumn, StringComparison.OrdinalIgnoreCase);
        if (syntax.Constraints.Any(c => c.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique && IsOnId(c.Columns)) || syntax.Indexes.Any(i => i.IsUnique && i.Where is null && IsOnId(i.Columns)))
        {
            return;
        }

        Append(new IndexDefinition
        {
            IndexId = NextIndexId(),
            Name = GraphColumns.UniqueIndexName(schema, Table.Name),
            Kind = IndexKind.NonClustered,
            IsUnique = true,
            KeyColumns = [new IndexColumn(columns[0].ColumnId)],
        });
    }

    /// <summary>An index on a pseudo-column is one on the numbers behind it.</summary>
    private void AddGraphKey(ImmutableArray<IndexColumn>.Builder key, IndexColumnSyntax item, bool isConstraint)
    {
        ColumnDefinition[] columns = GraphColumns.KeyColumns(Table, item.Name);
        if (columns.Length == 0)
        {
            throw SqlErrors.Create(13929, item.Name);
        }

        foreach (ColumnDefinition column in columns)
        {
            if (key.Any(k => k.ColumnId == column.ColumnId))
            {
                throw SqlErrors.Create(1909, isConstraint ? "constraint" : "index", item.Name);
            }

            key.Add(new IndexColumn(column.ColumnId, item.IsDescending));
        }
    }

    private static void RefuseGraphColumn(ColumnDefinition column)
    {
        if (column.GraphType != 0)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(13918, column.Name), 1750);
        }
    }

    /// <summary>CONNECTION (a TO b, ...) of an edge table.</summary>
    private void AddConnection(ConstraintSyntax constraint, bool isNotTrusted)
    {
        if (!Table.IsEdge)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(13930, Table.Name), 1750);
        }

        int objectId = _nextObjectId();
        string name = constraint.Name ?? SystemName("EC", "", objectId);
        ImmutableArray<EdgeConstraintClause> clauses = [.. constraint.Connections.Select(c => new EdgeConstraintClause(NodeTable(c.From, name), NodeTable(c.To, name))).Distinct()];
        CheckConstraintName(name);
        if (constraint.OnDelete == ReferentialAction.Cascade && Catalog.TriggersOn(Table.ObjectId).Any(t => t.IsInsteadOf && t.TriggerEvents.Contains("DELETE")))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(13960, name, Table.Name), 1750);
        }

        Table = Table with
        {
            EdgeConstraints = Table.EdgeConstraints.Add(new EdgeConstraintDefinition
            {
                ObjectId = objectId,
                Name = name,
                Clauses = clauses,
                OnDelete = constraint.OnDelete,
                IsNotTrusted = isNotTrusted,
                IsSystemNamed = constraint.Name is null,
            }),
        };
    }

    private int NodeTable(ObjectName name, string constraint)
    {
        if (name.Database is { } database && !database.Equals(Catalog.DatabaseName, StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(13932), 1750);
        }

        CatalogObject? found = name.Schema is { } schema
            ? Catalog.Find(schema, name.Name)
            : Catalog.Find(Catalog.SchemaName(Table.SchemaId), name.Name) ?? Catalog.Find(_session.DefaultSchema, name.Name) ?? Catalog.Find("dbo", name.Name);
        return found switch
        {
            TableDefinition { IsNode: true } node => node.ObjectId,
            null => throw SqlErrors.CreateAfter(SqlErrors.Create(13931, constraint, name.ToString()), 1750),
            _ => throw SqlErrors.CreateAfter(SqlErrors.Create(13933), 1750),
        };
    }
}
