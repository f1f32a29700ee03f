using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>How the families declare procedures, and what they share.</summary>
internal static partial class SystemProcedures
{
    private static readonly SqlType Name = SqlType.SysName;
    private static readonly SqlType LongName = SqlType.NVarChar(1035);

    static partial void AddProcedures(Action<SystemProcedure> add)
    {
        AddPropertyProcedures(add);
        AddSequenceProcedures(add);
        AddRenameProcedures(add);
        AddTriggerProcedures(add);
        AddHelpProcedures(add);
        AddCatalogProcedures(add);
        AddDriverProcedures(add);
        AddManagedProcedures(add);
        AddServerProcedures(add);
        AddSessionProcedures(add);
        AddXmlProcedures(add);
        AddBindingProcedures(add);
        AddUndeclaredParameters(add);
        AddMessageProcedures(add);
        AddCdcProcedures(add);
        AddLockProcedures(add);
        AddSecurityProcedures(add);
    }

    private static SystemParameter Required(string name, SqlType type) => new(name, type, IsRequired: true);

    private static SystemParameter Optional(string name, SqlType type, SqlValue fallback = default) => new(name, type) { Default = fallback };

    private static SystemProcedure Reads(string name, Func<SystemProcedureCall, int> run, params SystemParameter[] parameters) => new(name, parameters, Writes: false, run);

    private static SystemProcedure Changes(string name, Func<SystemProcedureCall, int> run, params SystemParameter[] parameters) => new(name, parameters, Writes: true, run);

    private static ResultColumnDefinition Column(string name, SqlType type) => new(name, type, true);

    private static SqlValue Text(string? text, SqlTypeId kind = SqlTypeId.NVarChar) => text is null ? SqlValue.Null : SqlValue.FromString(text, kind);

    private static SqlValue Int(int value) => SqlValue.FromInt(value);

    private static bool Same(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>Objects that the current principal may know of.</summary>
    private static IEnumerable<T> Visible<T>(EngineSession session) where T : CatalogObject
    {
        var access = PrincipalAccess.Of(session);
        return session.Catalog.ObjectsById.Values.OfType<T>().Where(access.Sees);
    }

    /// <summary>Error 15247 for everybody but the administrator of the server.</summary>
    private static void RequireAdministrator(SystemProcedureCall call)
    {
        if (!ServerAccess.Of(call.Session).Allows("CONTROL SERVER"))
        {
            throw SqlErrors.Create(15247);
        }
    }

    /// <summary>The object that a procedure's @objname names; error 15250 for another database, 15009 when there is none.</summary>
    private static ObjectEntry RequireObject(EngineSession session, string name)
    {
        IReadOnlyList<string> parts = Parser.TryParseName(name) ?? throw Missing();
        if (parts.Count == 3 && parts[0].Length > 0 && !Same(parts[0], session.Catalog.DatabaseName) && !TemporaryNames.IsTemporary(parts[^1]))
        {
            throw SqlErrors.Create(15250);
        }

        return ObjectNames.Find(session, parts.Count > 1 && parts[^2].Length > 0 ? parts[^2] : null, parts[^1]) ?? throw Missing();

        SqlErrorException Missing() => SqlErrors.Create(15009, name, session.Catalog.DatabaseName);
    }

    /// <summary>LIKE with % and _ as the catalog procedures use it; null matches everything.</summary>
    private static bool Matches(string? pattern, string? value)
    {
        if (pattern is null)
        {
            return true;
        }

        return value is not null && LikeMatcher.Create(pattern, null, Collation.Default, isUnicode: true).IsMatch(value);
    }
}
