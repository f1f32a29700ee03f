using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// sp_prepare, sp_execute, sp_prepexec, sp_prepexecrpc and sp_unprepare by EXECUTE (learn.microsoft.com, "sp_prepare (Transact-SQL)" and its neighbours). Clients call them by
/// number as well; the server does that itself.
/// </summary>
internal static class PreparedCalls
{
    /// <summary>Starts the call when the name is one of theirs.</summary>
    public static bool Start(BatchExecution run, int databaseId, string procedure, CallArgument[] arguments, CallCompleted? completed)
    {
        switch (procedure.ToLowerInvariant())
        {
            case "sp_prepare":
                Require("sp_prepare", arguments, "@handle", "@params", "@stmt");
                int prepared = run.Session.Prepare(Check(run, Statement("sp_prepare", arguments, 1)));
                completed?.Invoke(0, i => i == 0 ? (SqlValue.FromInt(prepared), SqlType.Int) : (arguments[i].Value, arguments[i].Type));
                return true;
            case "sp_prepexec":
                {
                    Require("sp_prepexec", arguments, "@handle", "@params", "@stmt");
                    PreparedStatement statement = Check(run, Statement("sp_prepexec", arguments, 1));
                    Replace(run.Session, arguments[0]);
                    Execute(run, databaseId, statement, arguments, 3, run.Session.Prepare(statement), completed);
                    return true;
                }

            case "sp_prepexecrpc":
                {
                    Require("sp_prepexecrpc", arguments, "@handle", "@rpccall");
                    var statement = new PreparedStatement(Text("sp_prepexecrpc", arguments[1], "@rpccall"), "", IsCall: true);
                    Replace(run.Session, arguments[0]);
                    Execute(run, databaseId, statement, arguments, 2, run.Session.Prepare(statement), completed);
                    return true;
                }

            case "sp_execute":
                {
                    Require("sp_execute", arguments, "@handle");
                    int handle = Handle("sp_execute", arguments[0]);
                    PreparedStatement statement = run.Session.FindPrepared(handle) ?? throw In("sp_execute", SqlErrors.CreateWithState(8179, 2, handle));
                    Execute(run, databaseId, statement, arguments, 1, handle, completed);
                    return true;
                }

            case "sp_unprepare" or "sp_cursorunprepare":
                {
                    Require(procedure, arguments, "@handle");
                    int handle = Handle(procedure, arguments[0]);
                    if (!run.Session.Unprepare(handle))
                    {
                        throw In(procedure, SqlErrors.CreateWithState(8179, 1, handle));
                    }

                    completed?.Invoke(0, i => (arguments[i].Value, arguments[i].Type));
                    return true;
                }

            default:
                return DescribeCursors.Start(run, procedure, arguments, completed);
        }
    }

    /// <summary>Runs a statement with the arguments from <paramref name="first"/> on; the first argument of the call gets the handle where it is OUTPUT.</summary>
    private static void Execute(BatchExecution run, int databaseId, PreparedStatement statement, CallArgument[] arguments, int first, int handle, CallCompleted? completed)
    {
        CallCompleted? inner = completed is null ? null : (code, output) => completed(code, i => i == 0 ? (SqlValue.FromInt(handle), SqlType.Int) : i < first ? (arguments[i].Value, arguments[i].Type) : output(i - first));
        if (statement.IsCall)
        {
            IReadOnlyList<string> name = Syntax.Parser.TryParseName(statement.Text) ?? throw SqlErrors.CreateWithState(2812, 62, statement.Text);
            ProcedureCall.Start(run, name, statement.Text, arguments[first..], inner);
            return;
        }

        ProcedureCall.ExecuteText(run, databaseId, statement.Text, statement.Declarations, arguments[first..], inner);
    }

    /// <summary>Compiles a statement; its errors are followed by 8180.</summary>
    public static PreparedStatement Check(BatchExecution run, PreparedStatement statement)
    {
        try
        {
            Routine routine = ProcedureCall.Dynamic(run, statement.Text, statement.Declarations, () => statement.Declarations.Trim().Length == 0 ? [] : RoutineCompiler.ShapesOf(run.Session, statement.Declarations));
            run.Compile(routine);
            return statement;
        }
        catch (SqlErrorException error)
        {
            error.Locate(1, null);
            SqlErrorException refused = SqlErrors.CreateAfter(error, 8180);
            refused.Locate(1, null);
            throw refused;
        }
    }

    private static void Replace(EngineSession session, in CallArgument handle)
    {
        // A handle that is passed in is replaced.
        if (!handle.Value.IsNull)
        {
            session.Unprepare(Handle("sp_prepexec", handle));
        }
    }

    /// <summary>Declarations and text of a statement, from <paramref name="first"/> on.</summary>
    public static PreparedStatement Statement(string procedure, CallArgument[] arguments, int first)
    {
        string declarations = arguments[first].Value.IsNull ? "" : Text(procedure, arguments[first], "@params");
        return new PreparedStatement(Text(procedure, arguments[first + 1], "@stmt"), declarations);
    }

    public static string Text(string procedure, in CallArgument argument, string parameter) => argument.Type.IsUnicodeString && !argument.Value.IsNull
        ? argument.Value.AsString
        : throw In(procedure, SqlErrors.CreateWithState(214, (byte)(parameter == "@params" ? 2 : 3), parameter, "ntext/nchar/nvarchar"));

    public static int Handle(string procedure, in CallArgument argument)
    {
        if (argument.Value.IsNull || !SqlConvert.CanConvert(argument.Type, SqlType.Int, isImplicit: true))
        {
            throw In(procedure, SqlErrors.CreateWithState(214, 2, "@handle", "int"));
        }

        return ProcedureCall.Convert(argument.Value, argument.Type, SqlType.Int).AsInt32;
    }

    public static void Require(string procedure, CallArgument[] arguments, params ReadOnlySpan<string> parameters)
    {
        if (arguments.Length < parameters.Length)
        {
            throw In(procedure, SqlErrors.CreateWithState(201, 4, procedure, parameters[arguments.Length]));
        }
    }

    public static SqlErrorException In(string procedure, SqlErrorException error)
    {
        error.Locate(1, procedure);
        return error;
    }
}
