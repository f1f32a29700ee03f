namespace NinaDB.Engine.Catalog;

/// <summary>What records of tables and modules have gained since the first format.</summary>
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
        writer.List(table.Statistics, s =>
        {
            writer.Int32(s.StatisticsId);
            writer.String(s.Name);
            writer.List(s.ColumnIds, writer.Int32);
            writer.String(s.FilterText);
            writer.Bool(s.IsNotRecomputed);
        });
        writer.Int32(table.PartitionSchemeId);
        writer.Int32(table.PartitionColumnId);
        WriteColumnBindings(writer, table);
    }

    public static CatalogWriter Write(XmlSchemaCollectionDefinition collection)
    {
        CatalogWriter writer = Begin();
        writer.Int32(collection.CollectionId);
        writer.Int32(collection.SchemaId);
        writer.String(collection.Name);
        writer.DateTime(collection.CreateDate);
        writer.DateTime(collection.ModifyDate);
        writer.List(collection.Texts, writer.String);
        return writer;
    }

    public static XmlSchemaCollectionDefinition ReadXmlCollection(CatalogReader reader)
    {
        Check(reader);
        return new XmlSchemaCollectionDefinition(reader.Int32(), reader.Int32(), reader.String(), reader.DateTime(), reader.DateTime(), [.. reader.List(reader.String)]);
    }

    private static void WriteModuleExtras(CatalogWriter writer, ModuleDefinition module)
    {
        writer.List(module.FirstFor, writer.String);
        writer.List(module.LastFor, writer.String);
        writer.Bool(module.IsEncrypted);
        writer.Int32(module.Number);
        writer.List(module.Numbered, numbered => WriteModule(writer, numbered));
        writer.Bool(module.Materialized is not null);
        if (module.Materialized is { } materialized)
        {
            WriteTable(writer, materialized);
        }
    }

    private static ModuleDefinition ReadModuleExtras(CatalogReader reader, ModuleDefinition module)
    {
        module = module with
        {
            FirstFor = [.. reader.List(reader.String)],
            LastFor = [.. reader.List(reader.String)],
            IsEncrypted = reader.Bool(),
        };
        if (reader.IsAtEnd)
        {
            return module;
        }

        module = module with { Number = reader.Int32(), Numbered = [.. reader.List(() => ReadModule(reader))] };
        return reader.IsAtEnd || !reader.Bool() ? module : module with { Materialized = ReadTable(reader) };
    }

    private static TableDefinition ReadTemporal(CatalogReader reader, TableDefinition table)
    {
        var period = new PeriodDefinition(reader.Int32(), reader.Int32());
        var versioning = new SystemVersioning(reader.Int32(), reader.Int32(), (RetentionUnit)reader.Int32());
        table = table with
        {
            Period = period.StartColumnId == 0 ? null : period,
            Versioning = versioning.HistoryTableId == 0 ? null : versioning,
            HistoryOf = reader.Int32(),
        };

        // Absent from records that were written before.
        if (reader.IsAtEnd)
        {
            return table;
        }

        table = table with
        {
            Statistics = [.. reader.List(() => new StatisticsDefinition(reader.Int32(), reader.String(), [.. reader.List(reader.Int32)], reader.StringOrNull(), reader.Bool()))],
            PartitionSchemeId = reader.Int32(),
            PartitionColumnId = reader.Int32(),
        };
        return reader.IsAtEnd ? table : ReadColumnBindings(reader, table);
    }

    private static void WritePartitionFunction(CatalogWriter writer, PartitionFunctionDefinition function)
    {
        WriteHeader(writer, function);
        writer.Int32(function.FunctionId);
        writer.Type(function.ParameterType);
        writer.Bool(function.IsRight);
        writer.List(function.Boundaries, writer.Value);
    }

    private static PartitionFunctionDefinition ReadPartitionFunction(CatalogReader reader)
    {
        Header header = ReadHeader(reader);
        return new PartitionFunctionDefinition
        {
            ObjectId = header.ObjectId,
            SchemaId = header.SchemaId,
            Name = header.Name,
            Type = header.Type,
            CreateDate = header.CreateDate,
            ModifyDate = header.ModifyDate,
            FunctionId = reader.Int32(),
            ParameterType = reader.Type(),
            IsRight = reader.Bool(),
            Boundaries = [.. reader.List(reader.Value)],
        };
    }

    private static void WritePartitionScheme(CatalogWriter writer, PartitionSchemeDefinition scheme)
    {
        WriteHeader(writer, scheme);
        writer.Int32(scheme.SchemeId);
        writer.Int32(scheme.FunctionObjectId);
        writer.List(scheme.Filegroups, writer.String);
        writer.String(scheme.NextUsed);
    }

    private static PartitionSchemeDefinition ReadPartitionScheme(CatalogReader reader)
    {
        Header header = ReadHeader(reader);
        return new PartitionSchemeDefinition
        {
            ObjectId = header.ObjectId,
            SchemaId = header.SchemaId,
            Name = header.Name,
            Type = header.Type,
            CreateDate = header.CreateDate,
            ModifyDate = header.ModifyDate,
            SchemeId = reader.Int32(),
            FunctionObjectId = reader.Int32(),
            Filegroups = [.. reader.List(reader.String)],
            NextUsed = reader.StringOrNull(),
        };
    }
}
