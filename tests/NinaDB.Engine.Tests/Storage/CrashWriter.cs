using System.Globalization;
using NinaDB.Engine.Data;

namespace NinaDB.Engine.Tests.Storage;

/// <summary>
/// The write load of the crash test. Transaction n puts its rows, their number and checksum into several tables; once its commit has returned, n is printed.
/// What transaction n contains follows from n alone, so that the parent can tell a whole transaction from a part of one.
/// </summary>
internal static class CrashWriter
{
    public const string Schema = """
        CREATE TABLE dbo.Done (N int NOT NULL CONSTRAINT PK_Done PRIMARY KEY, Items int NOT NULL, Files int NOT NULL);
        CREATE TABLE dbo.Item (
            Id int NOT NULL IDENTITY CONSTRAINT PK_Item PRIMARY KEY, N int NOT NULL, Ordinal int NOT NULL, Name nvarchar(60) NOT NULL, Notes nvarchar(max) NULL, Amount decimal(18, 2) NOT NULL,
            CONSTRAINT UQ_Item UNIQUE (N, Ordinal));
        CREATE INDEX IX_Item_Name ON dbo.Item (Name) INCLUDE (Amount);
        CREATE TABLE dbo.Account (Id int NOT NULL CONSTRAINT PK_Account PRIMARY KEY, Balance int NOT NULL);
        CREATE INDEX IX_Account_Balance ON dbo.Account (Balance);
        CREATE TABLE dbo.Meaning (N int NOT NULL CONSTRAINT PK_Meaning PRIMARY KEY, V vector(8) NOT NULL);
        ALTER DATABASE SCOPED CONFIGURATION SET PREVIEW_FEATURES = ON;
        CREATE VECTOR INDEX VX_Meaning ON dbo.Meaning (V) WITH (METRIC = 'cosine');
        CREATE TABLE dbo.Attachment (Id uniqueidentifier ROWGUIDCOL NOT NULL CONSTRAINT UQ_Attachment UNIQUE, N int NOT NULL, Content varbinary(max) FILESTREAM NULL);
        EXEC sys.sp_cdc_enable_db;
        EXEC sys.sp_cdc_enable_table N'dbo', N'Item', @role_name = NULL;
        EXEC sys.sp_cdc_enable_table N'dbo', N'Account', @role_name = NULL;
        EXEC sys.sp_cdc_enable_table N'dbo', N'Done', @role_name = NULL;
        """;

    public const int Accounts = 20;
    public const int StartBalance = 1000;

    public static int ItemsOf(int n) => 1 + new Random(n).Next(12);

    public static int FilesOf(int n) => n % 3 == 0 ? 1 : 0;

    public static void Run(string folder, int seed)
    {
        using var connection = new NinaConnection($"Data Source={folder};Pooling=False;Command Timeout=0");
        connection.Open();
        int next = Prepare(connection);
        var random = new Random(seed);
        Console.WriteLine("ready");
        for (int n = next; ; n++)
        {
            using (NinaTransaction transaction = connection.BeginTransaction())
            {
                Write(connection, n, random);
                transaction.Commit();
            }

            Console.WriteLine(n.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static int Prepare(NinaConnection connection)
    {
        if (connection.Session.Catalog.Find("cdc", "dbo_Done_CT") is null)
        {
            foreach (string statement in Schema.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                Execute(connection, statement);
            }
        }

        if (Scalar(connection, "SELECT COUNT(*) FROM dbo.Account") is 0)
        {
            using NinaTransaction transaction = connection.BeginTransaction();
            for (int i = 0; i < Accounts; i++)
            {
                Execute(connection, "INSERT dbo.Account VALUES (@i, @b)", ("@i", i), ("@b", StartBalance));
            }

            transaction.Commit();
        }

        return (Scalar(connection, "SELECT MAX(N) FROM dbo.Done") as int? ?? 0) + 1;
    }

    private static void Write(NinaConnection connection, int n, Random random)
    {
        int items = ItemsOf(n);
        for (int i = 0; i < items; i++)
        {
            object notes = random.Next(6) == 0 ? new string((char)('a' + n % 26), 20_000) : DBNull.Value;
            Execute(connection, "INSERT dbo.Item (N, Ordinal, Name, Notes, Amount) VALUES (@n, @i, @name, @notes, @a)",
                ("@n", n), ("@i", i), ("@name", $"item {random.Next(500)}"), ("@notes", notes), ("@a", (decimal)n));
        }

        // Money moves; the sum stays.
        int amount = random.Next(50);
        int from = random.Next(Accounts);
        Execute(connection, "UPDATE dbo.Account SET Balance = Balance - @x WHERE Id = @i", ("@x", amount), ("@i", from));
        Execute(connection, "UPDATE dbo.Account SET Balance = Balance + @x WHERE Id = @i", ("@x", amount), ("@i", (from + 1) % Accounts));
        float[] meaning = [.. Enumerable.Range(0, 8).Select(_ => (float)random.NextDouble())];
        Execute(connection, "INSERT dbo.Meaning VALUES (@n, @v)", ("@n", n), ("@v", meaning));
        if (FilesOf(n) > 0)
        {
            Execute(connection, "INSERT dbo.Attachment VALUES (@g, @n, @c)", ("@g", Guid.NewGuid()), ("@n", n), ("@c", new byte[random.Next(100_000)]));
        }

        if (n % 10 == 0)
        {
            // Old transactions disappear as a whole, files and all.
            int last = n - 30;
            foreach (string table in (string[])["Item", "Attachment", "Meaning", "Done"])
            {
                Execute(connection, $"DELETE dbo.{table} WHERE N <= @n", ("@n", last));
            }
        }

        Execute(connection, "INSERT dbo.Done VALUES (@n, @i, @f)", ("@n", n), ("@i", items), ("@f", FilesOf(n)));
    }

    private static void Execute(NinaConnection connection, string text, params (string Name, object Value)[] parameters)
    {
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    private static object? Scalar(NinaConnection connection, string text)
    {
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }
}
