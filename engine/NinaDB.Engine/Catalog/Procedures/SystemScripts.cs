namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>System procedures that are T-SQL themselves: those that run their caller's statements, once for each database or table.</summary>
internal static partial class SystemScripts
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
        Add("xp_msver", Version);
        Add("sp_helpfile", HelpFile);
        Add("sp_depends", Depends);
        foreach ((string name, string text) in StatisticsScripts.All.Concat(HelpScripts.All))
        {
            Add(name, text);
        }

        AddSecurity(Add);
        return modules;
    }

    /// <summary>What both procedures do with a name: their commands, one after the other.</summary>
    private const string RunCommands = """
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
        """;

    private const string ForEachDatabase = $$"""
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
            {{RunCommands}}
            FETCH NEXT FROM databases_of_server INTO @name;
        END;
        CLOSE databases_of_server;
        IF @postcommand IS NOT NULL EXEC (@postcommand);
        RETURN 0;
        """;

    private const string ForEachTable = $$"""
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
            {{RunCommands}}
            FETCH NEXT FROM each_table INTO @name;
        END;
        CLOSE each_table;
        IF @postcommand IS NOT NULL EXEC (@postcommand);
        RETURN 0;
        """;

    private const string Version = """
        CREATE PROCEDURE sys.xp_msver @optname sysname = NULL
        AS
        SET NOCOUNT ON;
        SELECT [Index], Name, Internal_Value, Character_Value
        FROM (VALUES
            (CONVERT(smallint, 1), CONVERT(nvarchar(32), N'ProductName'), CONVERT(int, NULL), CONVERT(nvarchar(128), N'Microsoft SQL Server')),
            (2, N'ProductVersion', 1114112, CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion'))),
            (3, N'Language', 1033, N'English (United States)'),
            (4, N'Platform', NULL, N'NT x64'),
            (5, N'Comments', NULL, N'SQL'),
            (6, N'CompanyName', NULL, NULL),
            (16, N'ProcessorCount', (SELECT cpu_count FROM sys.dm_os_sys_info), CONVERT(nvarchar(128), (SELECT cpu_count FROM sys.dm_os_sys_info))),
            (19, N'PhysicalMemory', CONVERT(int, (SELECT physical_memory_kb / 1024 FROM sys.dm_os_sys_info)), CONVERT(nvarchar(128), (SELECT physical_memory_kb / 1024 FROM sys.dm_os_sys_info)))
        ) AS v ([Index], Name, Internal_Value, Character_Value)
        WHERE @optname IS NULL OR Name = @optname
        ORDER BY [Index];
        RETURN 0;
        """;

    private const string HelpFile = """
        CREATE PROCEDURE sys.sp_helpfile @filename sysname = NULL
        AS
        SET NOCOUNT ON;
        IF @filename IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_files WHERE name = @filename)
        BEGIN
            RAISERROR (15325, -1, -1, 'file', @filename);
            RETURN 1;
        END;
        SELECT name, CONVERT(smallint, file_id) AS fileid, physical_name AS filename, CASE WHEN type = 0 THEN N'PRIMARY' END AS filegroup,
            CONVERT(nvarchar(15), CONVERT(bigint, size) * 8) + N' KB' AS size, N'Unlimited' AS maxsize, CONVERT(nvarchar(15), CONVERT(bigint, growth) * 8) + N' KB' AS growth,
            CASE WHEN type = 1 THEN 'log only' ELSE 'data only' END AS usage
        FROM sys.database_files
        WHERE @filename IS NULL OR name = @filename
        ORDER BY file_id;
        RETURN 0;
        """;

    /// <summary>What a procedure about @objname (its id in @id, the database's name in @db) does first: errors 15250 and 15009.</summary>
    internal const string RequireObject = """
        IF PARSENAME(@objname, 3) <> @db
        BEGIN
            RAISERROR (15250, -1, -1);
            RETURN 1;
        END;
        IF @id IS NULL
        BEGIN
            RAISERROR (15009, -1, -1, @objname, @db);
            RETURN 1;
        END;
        """;

    private const string Depends = $$"""
        CREATE PROCEDURE sys.sp_depends @objname nvarchar(776)
        AS
        SET NOCOUNT ON;
        DECLARE @id int = OBJECT_ID(@objname), @db sysname = DB_NAME(), @found bit = 0, @full nvarchar(517);
        {{RequireObject}}
        SET @full = QUOTENAME(OBJECT_SCHEMA_NAME(@id)) + N'.' + QUOTENAME(OBJECT_NAME(@id));
        DECLARE @uses TABLE (id int, name nvarchar(257), type nvarchar(60), updated nvarchar(7), selected nvarchar(8), [column] nvarchar(128));
        BEGIN TRY
            INSERT @uses
            SELECT r.referenced_id, s.name + N'.' + o.name, LOWER(REPLACE(REPLACE(REPLACE(o.type_desc, N'SQL_', N''), N'TABLE_VALUED_', CASE WHEN o.type = 'IF' THEN N'' ELSE N'table_' END), N'_', N' ')),
                CASE r.is_updated WHEN 1 THEN N'yes' ELSE N'no' END, CASE r.is_selected | r.is_select_all WHEN 1 THEN N'yes' ELSE N'no' END, r.referenced_minor_name
            FROM sys.dm_sql_referenced_entities(@full, N'OBJECT') r JOIN sys.objects o ON o.object_id = r.referenced_id JOIN sys.schemas s ON s.schema_id = o.schema_id
            WHERE r.referenced_class = 1;
        END TRY
        BEGIN CATCH
            INSERT @uses
            SELECT d.referenced_id, s.name + N'.' + o.name, LOWER(REPLACE(REPLACE(o.type_desc, N'SQL_', N''), N'_', N' ')), N'no', N'no', NULL
            FROM sys.sql_expression_dependencies d JOIN sys.objects o ON o.object_id = d.referenced_id JOIN sys.schemas s ON s.schema_id = o.schema_id
            WHERE d.referencing_id = @id AND d.referenced_minor_id = 0;
        END CATCH;
        DELETE u FROM @uses u WHERE u.[column] IS NULL AND EXISTS (SELECT 1 FROM @uses c WHERE c.id = u.id AND c.[column] IS NOT NULL);
        IF EXISTS (SELECT 1 FROM @uses)
        BEGIN
            SET @found = 1;
            PRINT 'In the current database, the specified object references the following:';
            SELECT DISTINCT name, type, updated, selected, [column] FROM @uses ORDER BY name, [column];
        END;
        IF EXISTS (SELECT 1 FROM sys.sql_expression_dependencies WHERE referenced_id = @id AND referenced_class = 1 AND referencing_id <> @id)
        BEGIN
            SET @found = 1;
            PRINT 'In the current database, the specified object is referenced by the following:';
            SELECT DISTINCT s.name + N'.' + o.name AS name, LOWER(REPLACE(REPLACE(o.type_desc, N'SQL_', N''), N'_', N' ')) AS type
            FROM sys.sql_expression_dependencies d JOIN sys.objects o ON o.object_id = d.referencing_id JOIN sys.schemas s ON s.schema_id = o.schema_id
            WHERE d.referenced_id = @id AND d.referenced_class = 1 AND d.referencing_id <> @id ORDER BY name;
        END;
        IF @found = 0 PRINT 'Object does not reference any object, and no objects reference it.';
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
