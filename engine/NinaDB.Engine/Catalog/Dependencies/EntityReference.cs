namespace NinaDB.Engine.Catalog.Dependencies;

/// <summary>A column that a referencing entity uses.</summary>
internal sealed class ColumnReference(int columnId, string name)
{
    public int ColumnId { get; } = columnId;

    public string Name { get; } = name;

    public bool IsSelected { get; set; }

    public bool IsUpdated { get; set; }
}

/// <summary>An entity that a persisted expression names, and what it does with it.</summary>
internal sealed class EntityReference
{
    public const byte ObjectClass = 1, TypeClass = 6;

    public required string Name { get; init; }

    public string? Server { get; init; }

    public string? Database { get; init; }

    public string? Schema { get; init; }

    public byte Class { get; init; } = ObjectClass;

    /// <summary>Object or type id; null where the name cannot be resolved now.</summary>
    public int? Id { get; init; }

    /// <summary>Column of the referencing table (a computed column); 0 for the entity itself.</summary>
    public int ReferencingMinorId { get; init; }

    /// <summary>A one-part name of a procedure: what it is depends on who calls.</summary>
    public bool IsCallerDependent { get; init; }

    public bool IsSelected { get; set; }

    public bool IsUpdated { get; set; }

    /// <summary>SELECT * reads it.</summary>
    public bool IsSelectAll { get; set; }

    /// <summary>INSERT without a list of columns fills it.</summary>
    public bool IsInsertAll { get; set; }

    /// <summary>The statements that name it could be bound.</summary>
    public bool AllColumnsFound { get; set; } = true;

    /// <summary>Only columns are used of it, as a computed column uses those beside it.</summary>
    public bool IsColumnsOnly { get; init; }

    public SortedDictionary<int, ColumnReference> Columns { get; } = [];

    public string ClassName => Class == TypeClass ? "TYPE" : "OBJECT_OR_COLUMN";

    public ColumnReference Column(int id, string name)
    {
        if (!Columns.TryGetValue(id, out ColumnReference? column))
        {
            Columns[id] = column = new ColumnReference(id, name);
        }

        return column;
    }
}
