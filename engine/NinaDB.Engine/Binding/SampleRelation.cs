using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Binding;

/// <summary>TABLESAMPLE: some pages of a table, each taken or left as a whole.</summary>
/// <param name="size">Percent of the pages, or the number of rows wanted.</param>
/// <param name="seed">REPEATABLE: the same pages every time; null for others each time.</param>
internal sealed class SampleRelation(Relation input, TableDefinition table, double size, bool isPercent, long? seed) : UnaryRelation(input)
{
    /// <summary>Bytes of a page that rows can take, and what a row costs beside its values.</summary>
    private const int PageBytes = 8096, RowOverhead = 9;

    public double Size { get; } = size;

    public bool IsPercent { get; } = isPercent;

    public long? Seed { get; } = seed;

    /// <summary>Rows that a page of SQL Server would hold, were all columns of variable length half full.</summary>
    public int RowsPerPage { get; } = Math.Max(1, PageBytes / (RowOverhead + table.Columns.Sum(c => c.Type.MaxLength switch
    {
        < 0 => 24,
        var length when c.Type.IsString || c.Type.IsBinary => Math.Max(1, length / 2),
        var length => length,
    })));
}
