namespace NinaDB.Engine.Catalog;

/// <summary>What came to tables with system versioning.</summary>
internal static partial class CatalogCodec
{
    private static void WriteTemporal(CatalogWriter writer, TableDefinition table)
    {
        writer.Int32(table.Period?.StartColumnId ?? 0);
        writer.Int32(table.Period?.EndColumnId ?? 0);
        writer.Int32(table.Versioning?.HistoryTableId ?? 0);
        writer.Int32(table.Versioning?.RetentionPeriod ?? -1);
        writer.Int32((int)(table.Versioning?.RetentionUnit ?? RetentionUnit.Infinite));
        writer.Int32(table.HistoryOf);
    }

    private static TableDefinition ReadTemporal(CatalogReader reader, TableDefinition table)
    {
        var period = new PeriodDefinition(reader.Int32(), reader.Int32());
        var versioning = new SystemVersioning(reader.Int32(), reader.Int32(), (RetentionUnit)reader.Int32());
        return table with
        {
            Period = period.StartColumnId == 0 ? null : period,
            Versioning = versioning.HistoryTableId == 0 ? null : versioning,
            HistoryOf = reader.Int32(),
        };
    }
}
