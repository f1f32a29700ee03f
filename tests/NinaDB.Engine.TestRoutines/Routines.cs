using System;
using System.Globalization;
using System.Linq;
using NinaDB.Engine;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Data;
using NinaDB.Engine.Types;

namespace TestRoutines;

/// <summary>Triggers, and procedures that send through the pipe.</summary>
public static class Routines
{
    /// <summary>Tells what fired it, and copies the names it sees into the table dbo.Log.</summary>
    public static void Audit()
    {
        ClrTriggerContext trigger = ClrContext.TriggerContext ?? throw new InvalidOperationException("No trigger.");
        string updated = string.Concat(Enumerable.Range(0, trigger.ColumnCount).Select(i => trigger.IsUpdatedColumn(i) ? '1' : '0'));
        ClrContext.Pipe.Send($"{trigger.Action} {trigger.TriggerAction} {updated}");
        using var connection = new NinaConnection("Context Connection=True");
        connection.Open();
        using var command = new NinaCommand(
            "INSERT dbo.Log SELECT COALESCE(i.Id, d.Id), COALESCE(d.Name, N'-') + N'>' + COALESCE(i.Name, N'-') FROM inserted AS i FULL JOIN deleted AS d ON d.Id = i.Id", connection);
        command.ExecuteNonQuery();
    }

    public static void Refuse()
    {
        using var connection = new NinaConnection("Context Connection=True");
        connection.Open();
        using var command = new NinaCommand("SELECT COUNT(*) FROM inserted WHERE Name = N'bad'", connection);
        if (Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture) > 0)
        {
            throw new InvalidOperationException("A bad name.");
        }
    }

    public static void OutOfRange() => ClrContext.TriggerContext!.IsUpdatedColumn(99);

    public static void Watch() => ClrContext.Pipe.Send($"{ClrContext.TriggerContext!.Action} {ClrContext.TriggerContext.TriggerAction} {ClrContext.TriggerContext.EventData!.Contains("<ObjectName>T2</ObjectName>", StringComparison.Ordinal)}");

    public static int Returns() => 1;

    public static void Takes(int number) => _ = number;

    public static void SendRow() =>
        ClrContext.Pipe.Send([new ResultColumn("n", SqlType.Int, true), new ResultColumn("t", SqlType.NVarChar(10), true)], [7, "seven"]);

    public static void Run() => ClrContext.Pipe.ExecuteAndSend("SELECT 1 AS a; PRINT N'two'; SELECT 3 AS b");

    public static void RunBad() => ClrContext.Pipe.ExecuteAndSend("SELECT 1 / 0");

    public static void Forward()
    {
        using var connection = new NinaConnection("Context Connection=True");
        ClrPipe pipe = ClrContext.Pipe;
        connection.Open();
        using var command = new NinaCommand("SELECT value FROM GENERATE_SERIES(1, 3); SELECT N'x' AS t", connection);
        using NinaDataReader reader = command.ExecuteReader();
        reader.Read();
        pipe.Send(reader);
    }

    public static void TooLong() => ClrContext.Pipe.Send(new string('x', 4001));

    public static void HasTrigger() => ClrContext.Pipe.Send((ClrContext.TriggerContext is null).ToString());
}
