namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>Small procedures of administrators that are T-SQL: filegroups, the sort order, types by their old procedures.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-stored-procedures/database-engine-stored-procedures-transact-sql</remarks>
internal static class HelpScripts
{
    public static IEnumerable<(string Name, string Text)> All =>
    [
        ("sp_helpfilegroup", FileGroup), ("sp_helpsort", Sort), ("sp_objectfilegroup", ObjectFileGroup), ("sp_addtype", AddType), ("sp_droptype", DropType), ("sp_dbcmptlevel", Compatibility),
        ("sp_helpserver", Server),
    ];

    private const string FileGroup = """
        CREATE PROCEDURE sys.sp_helpfilegroup @filegroupname sysname = NULL
        AS
        SET NOCOUNT ON;
        IF @filegroupname IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sys.filegroups WHERE name = @filegroupname)
        BEGIN
            RAISERROR (15325, -1, -1, 'filegroup', @filegroupname);
            RETURN 1;
        END;
        SELECT g.name AS groupname, CONVERT(smallint, g.data_space_id) AS groupid, (SELECT COUNT(*) FROM sys.database_files f WHERE f.data_space_id = g.data_space_id) AS filecount
        FROM sys.filegroups g
        WHERE @filegroupname IS NULL OR g.name = @filegroupname
        ORDER BY g.data_space_id;
        IF @filegroupname IS NOT NULL
            SELECT f.name AS file_in_group, CONVERT(smallint, f.file_id) AS fileid, CONVERT(nchar(260), f.physical_name) AS filename,
                CONVERT(nvarchar(15), CONVERT(bigint, f.size) * 8) + N' KB' AS size,
                CASE f.max_size WHEN -1 THEN N'Unlimited' ELSE CONVERT(nvarchar(15), CONVERT(bigint, f.max_size) * 8) + N' KB' END AS maxsize,
                CASE f.is_percent_growth WHEN 1 THEN CONVERT(nvarchar(15), f.growth) + N'%' ELSE CONVERT(nvarchar(15), CONVERT(bigint, f.growth) * 8) + N' KB' END AS growth
            FROM sys.database_files f JOIN sys.filegroups g ON g.data_space_id = f.data_space_id
            WHERE g.name = @filegroupname
            ORDER BY f.file_id;
        RETURN 0;
        """;

    private const string Sort = """
        CREATE PROCEDURE sys.sp_helpsort
        AS
        SET NOCOUNT ON;
        SELECT CONVERT(nvarchar(1000), c.description) AS [Server default collation]
        FROM sys.fn_helpcollations() c WHERE c.name = CONVERT(sysname, SERVERPROPERTY('Collation'));
        RETURN 0;
        """;

    private const string ObjectFileGroup = """
        CREATE PROCEDURE sys.sp_objectfilegroup @objid int
        AS
        SET NOCOUNT ON;
        IF OBJECTPROPERTY(@objid, 'IsTable') = 1
        BEGIN
            SELECT CONVERT(sysname, N'PRIMARY') AS Data_located_on_filegroup;
            RETURN 0;
        END;
        IF OBJECT_NAME(@objid) IS NULL RAISERROR (15009, -1, -1, N'', N'');
        ELSE PRINT 'The object does not have a filegroup.';
        RETURN 1;
        """;

    private const string AddType = """
        CREATE PROCEDURE sys.sp_addtype @typename sysname, @phystype sysname, @nulltype varchar(8) = NULL, @owner sysname = NULL
        AS
        SET NOCOUNT ON;
        DECLARE @text nvarchar(max) = N'CREATE TYPE ' + CASE WHEN @owner IS NULL THEN N'' ELSE QUOTENAME(@owner) + N'.' END + QUOTENAME(@typename) + N' FROM ' + @phystype
            + CASE WHEN LOWER(REPLACE(@nulltype, ' ', '')) IN ('notnull', 'nonull') THEN N' NOT NULL' WHEN LOWER(@nulltype) = 'null' THEN N' NULL' ELSE N'' END;
        EXEC (@text);
        RETURN 0;
        """;

    private const string DropType = """
        CREATE PROCEDURE sys.sp_droptype @typename sysname
        AS
        SET NOCOUNT ON;
        DECLARE @text nvarchar(max) = (SELECT TOP (1) N'DROP TYPE ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name) FROM sys.types WHERE name = @typename AND is_user_defined = 1);
        IF @text IS NULL
        BEGIN
            RAISERROR (15036, -1, -1, @typename);
            RETURN 1;
        END;
        EXEC (@text);
        RETURN 0;
        """;

    private const string Compatibility = """
        CREATE PROCEDURE sys.sp_dbcmptlevel @dbname sysname = NULL, @new_cmptlevel tinyint = NULL
        AS
        SET NOCOUNT ON;
        DECLARE @level tinyint = (SELECT compatibility_level FROM sys.databases WHERE name = @dbname), @text nvarchar(max);
        IF @dbname IS NULL
        BEGIN
            RAISERROR (15048, -1, -1, N'100, 110, 120, 130, 140, 150, 160, or 170');
            RETURN 0;
        END;
        IF @level IS NULL
        BEGIN
            RAISERROR (15010, -1, -1, @dbname);
            RETURN 1;
        END;
        IF @new_cmptlevel IS NULL
        BEGIN
            PRINT N'The current compatibility level is ' + CONVERT(nvarchar(3), @level) + N'.';
            RETURN 0;
        END;
        SET @text = N'ALTER DATABASE ' + QUOTENAME(@dbname) + N' SET COMPATIBILITY_LEVEL = ' + CONVERT(nvarchar(3), @new_cmptlevel);
        EXEC (@text);
        RETURN 0;
        """;

    private const string Server = """
        CREATE PROCEDURE sys.sp_helpserver @server sysname = NULL, @optname varchar(35) = NULL, @show_topology varchar(1) = NULL
        AS
        SET NOCOUNT ON;
        IF @server IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sys.servers WHERE name = @server)
        BEGIN
            RAISERROR (15015, -1, -1, @server);
            RETURN 1;
        END;
        SELECT name, CONVERT(varchar(30), name) AS network_name, CONVERT(varchar(70), 'rpc,rpc out,use remote collation') AS status, CONVERT(char(4), server_id) AS id,
            CONVERT(sysname, NULL) AS collation_name, connect_timeout, query_timeout
        FROM sys.servers WHERE @server IS NULL OR name = @server;
        RETURN 0;
        """;
}
