using System.Globalization;
using NinaDB.Engine.Execution.Ddl;

namespace NinaDB.Engine.Catalog;

/// <summary>sys.json_indexes, sys.json_index_paths, sys.xml_indexes.</summary>
internal static partial class SystemViews
{
    private static void AddSpecialIndexViews(Action<SystemView> add)
    {
        add(Sys("json_indexes", IndexViewColumns + ", optimize_for_array_search bit null",
            s => AllTables(s).SelectMany(t => t.Indexes.Where(i => i.Kind == IndexKind.Json).Select(i => (object?[])
            [
                .. IndexRow(s.Catalog, t, i), i.Options.GetValueOrDefault("OPTIMIZE_FOR_ARRAY_SEARCH", "OFF").Equals("ON", StringComparison.OrdinalIgnoreCase),
            ]))));
        add(Sys("json_index_paths", "object_id int, index_id int, path nvarchar(4000)",
            s => AllTables(s).SelectMany(t => t.Indexes.Where(i => i.Kind == IndexKind.Json)
                .SelectMany(i => i.Options[DdlExecutor.JsonPathsOption].Split('\n').Select(p => new object?[] { t.ObjectId, i.IndexId, p })))));
        add(Sys("xml_indexes",
            IndexViewColumns + ", using_xml_index_id int null, secondary_type char(1) null, secondary_type_desc nvarchar(60) null, xml_index_type tinyint null, xml_index_type_description nvarchar(60) null, path_id int null",
            s => AllTables(s).SelectMany(t => t.Indexes.Where(i => i.Kind == IndexKind.Xml).Select(i => (object?[])[.. IndexRow(s.Catalog, t, i), .. XmlIndexColumns(i)]))));
    }

    private static object?[] XmlIndexColumns(IndexDefinition index)
    {
        if (!index.Options.TryGetValue(DdlExecutor.PrimaryXmlOption, out string? primary))
        {
            return [null, null, null, 0, "PRIMARY_XML", null];
        }

        string type = index.Options[DdlExecutor.SecondaryXmlOption];
        return
        [
            int.Parse(primary, CultureInfo.InvariantCulture), type switch { "PATH" => "P", "VALUE" => "V", "PROPERTY" => "R", _ => null }, type.Length == 0 ? null : type, 1, "SECONDARY_XML", null,
        ];
    }
}
