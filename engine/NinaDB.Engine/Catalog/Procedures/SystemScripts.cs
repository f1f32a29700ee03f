namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>System procedures that are T-SQL themselves: those that run their caller's statements, once for each database or table.</summary>
internal static class SystemScripts
{
    private static readonly Lazy<Dictionary<string, ModuleDefinition>> Modules = new(Build);

    /// <summary>The procedure with this name (without schema), or null. It runs in its caller's database.</summary>
    public static ModuleDefinition? Find(string name) => Modules.Value.GetValueOrDefault(name);

    public static IEnumerable<ModuleDefinition> All => Modules.Value.Values;

    private static Dictionary<string, ModuleDefinition> Build()
    {
        var modules = new Dictionary<string, ModuleDefinition>(StringComparer.OrdinalIgnoreCase);
        void Add(string name, string text) => modules.Add(name, new ModuleDefinition
        {
            ObjectId = -3_000_000 - modules.Count,
            SchemaId = InitialCatalog.SysSchemaId,
            Name = name,
            Type = ObjectTypes.Procedure,
            DatabaseId = ServerCatalog.MasterId,
            Text = text,
            UsesAnsiNulls = true,
            UsesQuotedIdentifier = true,
        });
        Add("sp_MSforeachdb", ForEachDatabase);
        Add("sp_MSforeachtable", ForEachTable);
        Add("sp_renamedb", RenameDatabase);
        return modules;
    }

    private const string ForEachDatabase = """
        CREATE PROCEDURE sys.sp_MSforeachdb
            @command1 nvarchar(2000), @replacechar nchar(1) = N'?', @command2 nvarchar(2000) = NULL, @command3 nvarchar(2000) = NULL,
            @precommand nvarchar(2000) = NULL, @postcommand nvarchar(2000) = NULL
        AS
        SET NOCOUNT ON;
        DECLARE @name nvarchar(128), @text nvarchar(max);
        IF @precommand IS NOT NULL EXEC (@precommand);
        DECLARE databases_of_server CURSOR LOCAL STATIC FORWARD_ONLY FOR
            SELECT name FROM sys.databases WHERE HAS_DBACCESS(name) = 1 ORDER BY database_id;
        OPEN databases_of_server;
        FETCH NEXT FROM databases_of_server INTO @name;
        WHILE @@FETCH_STATUS = 0
        BEGIN
            SET @text = REPLACE(@command1, @replacechar, @name);
            EXEC (@text);
            IF @command2 IS NOT NULL
            BEGIN
                SET @text = REPLACE(@command2, @replacechar, @name);
                EXEC (@text);
            END;
            IF @command3 IS NOT NULL
            BEGIN
                SET @text = REPLACE(@command3, @replacechar, @name);
                EXEC (@text);
            END;
            FETCH NEXT FROM databases_of_server INTO @name;
        END;
        CLOSE databases_of_server;
        IF @postcommand IS NOT NULL EXEC (@postcommand);
        RETURN 0;
        """;

    private const string ForEachTable = """
        CREATE PROCEDURE sys.sp_MSforeachtable
            @command1 nvarchar(2000), @replacechar nchar(1) = N'?', @command2 nvarchar(2000) = NULL, @command3 nvarchar(2000) = NULL,
            @whereand nvarchar(2000) = NULL, @precommand nvarchar(2000) = NULL, @postcommand nvarchar(2000) = NULL
        AS
        SET NOCOUNT ON;
        DECLARE @name nvarchar(520), @text nvarchar(max);
        CREATE TABLE #tables_of_database (position int IDENTITY PRIMARY KEY, name nvarchar(520));
        IF @precommand IS NOT NULL EXEC (@precommand);
        SET @text = N'INSERT #tables_of_database (name) SELECT QUOTENAME(SCHEMA_NAME(syso.schema_id)) + N''.'' + QUOTENAME(syso.name) '
            + N'FROM dbo.sysobjects o JOIN sys.all_objects syso ON o.id = syso.object_id WHERE syso.type = ''U'' AND syso.is_ms_shipped = 0 '
            + ISNULL(@whereand, N'') + N' ORDER BY syso.object_id';
        EXEC (@text);
        DECLARE each_table CURSOR LOCAL STATIC FORWARD_ONLY FOR SELECT name FROM #tables_of_database ORDER BY position;
        OPEN each_table;
        FETCH NEXT FROM each_table INTO @name;
        WHILE @@FETCH_STATUS = 0
        BEGIN
            SET @text = REPLACE(@command1, @replacechar, @name);
            EXEC (@text);
            IF @command2 IS NOT NULL
            BEGIN
                SET @text = REPLACE(@command2, @replacechar, @name);
                EXEC (@text);
            END;
            IF @command3 IS NOT NULL
            BEGIN
                SET @text = REPLACE(@command3, @replacechar, @name);
                EXEC (@text);
            END;
            FETCH NEXT FROM each_table INTO @name;
        END;
        CLOSE each_table;
        IF @postcommand IS NOT NULL EXEC (@postcommand);
        RETURN 0;
        """;

    private const string RenameDatabase = """
        CREATE PROCEDURE sys.sp_renamedb @dbname sysname, @newname sysname
        AS
        SET NOCOUNT ON;
        DECLARE @text nvarchar(max) = N'ALTER DATABASE ' + QUOTENAME(@dbname) + N' MODIFY NAME = ' + QUOTENAME(@newname);
        IF DB_ID(@dbname) IS NULL
        BEGIN
            RAISERROR (15010, -1, -1, @dbname);
            RETURN 1;
        END;
        EXEC (@text);
        RETURN 0;
        """;
}
