using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>A table-valued function of the sys schema.</summary>
/// <param name="Rows">Makes the rows from the arguments, converted to the declared types; missing ones are NULL only where DEFAULT was written.</param>
internal sealed record SystemTableFunction(
    string Name, IReadOnlyList<SqlType> Parameters, IReadOnlyList<ResultColumnDefinition> Columns, Func<EngineSession, SqlValue[], IEnumerable<SqlValue[]>> Rows);

/// <summary>Table-valued functions of the sys schema: fn_listextendedproperty, fn_my_permissions, fn_helpcollations.</summary>
internal static partial class SystemTableFunctions
{
    private static readonly SqlType Word = SqlType.VarChar(128);

    private static readonly Dictionary<string, SystemTableFunction> All = ((SystemTableFunction[])
    [
        new SystemTableFunction(
            "fn_listextendedproperty",
            [SqlType.SysName, Word, SqlType.SysName, Word, SqlType.SysName, Word, SqlType.SysName],
            [new("objtype", SqlType.SysName, true), new("objname", SqlType.SysName, true), new("name", SqlType.SysName, false), new("value", SqlType.SqlVariant, true)],
            (s, a) => ListedProperties.Find(s.Catalog, a)),
        new SystemTableFunction(
            "fn_helpcollations",
            [],
            [new("name", SqlType.SysName, false), new("description", SqlType.NVarChar(1000), false)],
            (_, _) => Collation.Names.Select(n => new[] { SqlValue.FromString(n), SqlValue.FromString(Collation.Find(n)!.Description) })),
        new SystemTableFunction(
            "fn_my_permissions",
            [SqlType.SysName, SqlType.SysName],
            [new("entity_name", SqlType.SysName, true), new("subentity_name", SqlType.SysName, true), new("permission_name", SqlType.NVarChar(60), true)],
            MyPermissions),
        Cdc.CdcRange.Function,
        RequestFunctions.Cursors,
        RequestFunctions.InputBuffer,
        .. ServerTableFunctions.All,
        .. Dynamic(),
        .. Plans(),
        .. Dependencies(),
        .. Statistics(),
    ]).ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The function named sys.x (or x alone), or null.</summary>
    public static SystemTableFunction? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>The permissions that the current principal has in effect on a securable, and on its columns.</summary>
    private static IEnumerable<SqlValue[]> MyPermissions(EngineSession session, SqlValue[] arguments)
    {
        string className = arguments[1].IsNull ? "SERVER" : arguments[1].AsString.TrimEnd();
        if (PermissionCatalog.Find(className) is not { } kind)
        {
            yield break;
        }

        string entity = kind.Name is "SERVER" || (kind.Name == "DATABASE" && arguments[0].IsNull) ? kind.Name.ToLowerInvariant() : arguments[0].IsNull ? "" : arguments[0].AsString;
        if (Securable.Find(session, kind, entity) is not { } securable)
        {
            yield break;
        }

        entity = kind.Name == "DATABASE" ? "database" : entity;
        foreach (string permission in securable.Permissions())
        {
            if (securable.Allows(session, permission))
            {
                yield return [SqlValue.FromString(entity), SqlValue.FromString(""), SqlValue.FromString(permission)];
            }
        }

        IEnumerable<(string Name, int Id)> columns = securable.Object switch
        {
            TableDefinition table => table.Columns.Select(c => (c.Name, c.ColumnId)),
            ModuleDefinition { Type: not ObjectTypes.Trigger } module => module.Columns.Select((c, i) => (c.Name, i + 1)),
            _ => [],
        };
        var access = PrincipalAccess.Of(session);
        foreach ((string name, int id) in columns)
        {
            foreach (string permission in (string[])["SELECT", "REFERENCES", "UPDATE"])
            {
                if (access.OnColumn(permission, securable.Object!, id))
                {
                    yield return [SqlValue.FromString(entity), SqlValue.FromString(name), SqlValue.FromString(permission)];
                }
            }
        }
    }
}
