using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_addmessage, sp_altermessage and sp_dropmessage.</summary>
internal static partial class SystemProcedures
{
    private static void AddMessageProcedures(Action<SystemProcedure> add)
    {
        add(Changes("sp_addmessage", AddMessage, Optional("@msgnum", SqlType.Int), Optional("@severity", SqlType.SmallInt), Optional("@msgtext", SqlType.NVarChar(255)),
            Optional("@lang", Name), Optional("@with_log", SqlType.VarChar(5), SqlValue.FromString("FALSE")), Optional("@replace", SqlType.VarChar(7))));
        add(Changes("sp_altermessage", AlterMessage, Required("@message_id", SqlType.Int), Required("@parameter", Name), Required("@parameter_value", SqlType.VarChar(5))));
        add(Changes("sp_dropmessage", DropMessage, Optional("@msgnum", SqlType.Int), Optional("@lang", Name)));
    }

    private static int AddMessage(SystemProcedureCall call)
    {
        RequireAdministrator(call);
        if (call.Arguments[0].IsNull || call.Arguments[1].IsNull || call.Arguments[2].IsNull)
        {
            throw SqlErrors.Create(15071);
        }

        int number = call.Arguments[0].AsInt32, severity = call.Arguments[1].AsInt32;
        if (number <= UserMessages.LastSystemNumber)
        {
            throw SqlErrors.Create(15040);
        }

        if (severity is < 1 or > 25)
        {
            throw SqlErrors.Create(15041);
        }

        int language = LanguageOf(call, call.Text(3));
        UserMessage? english = UserMessages.Find(call.Session, number, UserMessages.English);
        if (language != UserMessages.English && english is null)
        {
            throw SqlErrors.Create(15279, call.Text(3));
        }

        bool isLogged = IsTrue(call.Text(4), 15271);
        if (UserMessages.Find(call.Session, number, language) is not null && !Same(call.Text(5), "replace"))
        {
            throw SqlErrors.Create(15043);
        }

        if (language != UserMessages.English && english!.Severity != severity)
        {
            throw SqlErrors.Create(15304, call.Text(3), english.Severity);
        }

        UserMessages.Put(call.Session, new UserMessage(number, language, (byte)severity, isLogged, call.Text(2)!));
        return 0;
    }

    private static int AlterMessage(SystemProcedureCall call)
    {
        RequireAdministrator(call);
        if (!Same(call.Text(1), "WITH_LOG"))
        {
            throw SqlErrors.Create(15176);
        }

        bool isLogged = IsTrue(call.Text(2), 15277);
        int number = call.Arguments[0].IsNull ? 0 : call.Arguments[0].AsInt32;
        List<UserMessage> versions = [.. UserMessages.All(call.Session).Where(m => m.Number == number)];
        if (versions.Count == 0)
        {
            throw SqlErrors.Create(15179, number);
        }

        foreach (UserMessage version in versions)
        {
            UserMessages.Put(call.Session, version with { IsLogged = isLogged });
        }

        return 0;
    }

    private static int DropMessage(SystemProcedureCall call)
    {
        RequireAdministrator(call);
        if (call.Arguments[0].IsNull)
        {
            throw SqlErrors.Create(15177);
        }

        int number = call.Arguments[0].AsInt32;
        if (number <= UserMessages.LastSystemNumber)
        {
            throw SqlErrors.Create(15178);
        }

        List<UserMessage> versions = [.. UserMessages.All(call.Session).Where(m => m.Number == number)];
        if (Same(call.Text(1), "all"))
        {
            if (versions.Count == 0)
            {
                throw SqlErrors.Create(15179, number);
            }

            versions.ForEach(m => UserMessages.Remove(call.Session, m));
            return 0;
        }

        int language = LanguageOf(call, call.Text(1));
        UserMessage message = versions.Find(m => m.Language == language) ?? throw SqlErrors.Create(15179, number);
        if (language == UserMessages.English && versions.Count > 1)
        {
            throw SqlErrors.Create(15280);
        }

        UserMessages.Remove(call.Session, message);
        return 0;
    }

    /// <summary>LCID of a language, the session's English where none is named. Error 15033.</summary>
    private static int LanguageOf(SystemProcedureCall call, string? language)
    {
        if (language is null)
        {
            return UserMessages.English;
        }

        SystemView view = SystemViews.Find("sys", "syslanguages")!;
        int name = 0, alias = 0, id = 0;
        for (int i = 0; i < view.Columns.Count; i++)
        {
            (name, alias, id) = view.Columns[i].Name switch
            {
                "name" => (i, alias, id),
                "alias" => (name, i, id),
                "lcid" => (name, alias, i),
                _ => (name, alias, id),
            };
        }

        SqlValue[]? row = view.Rows(call.Session).FirstOrDefault(r => Same(r[name].AsString, language) || Same(r[alias].AsString, language));
        return row?[id].AsInt32 ?? throw SqlErrors.Create(15033, language);
    }

    private static bool IsTrue(string? text, int error) => Same(text, "true") || (Same(text, "false") ? false : throw SqlErrors.Create(error));
}
