namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_updatestats, sp_createstats, sp_helpstats, sp_autostats.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-stored-procedures/sp-updatestats-transact-sql</remarks>
internal static class StatisticsScripts
{
    public static IEnumerable<(string Name, string Text)> All => [("sp_updatestats", Update), ("sp_createstats", Create), ("sp_helpstats", Help), ("sp_autostats", Automatic)];

    private const string Update = """
        CREATE PROCEDURE sys.sp_updatestats @resample char(8) = 'NO'
        AS
        SET NOCOUNT ON;
        IF UPPER(@resample) NOT IN ('RESAMPLE', 'NO')
        BEGIN
            RAISERROR (15600, -1, -1, N'sp_updatestats');
            RETURN 1;
        END;
        DECLARE @schema sysname, @table sysname, @id int, @name sysname, @stat int, @changed bigint, @updated int, @skipped int, @text nvarchar(max);
        DECLARE each_table CURSOR LOCAL STATIC FORWARD_ONLY FOR
            SELECT s.name, t.name, t.object_id FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id ORDER BY t.object_id;
        OPEN each_table;
        FETCH NEXT FROM each_table INTO @schema, @table, @id;
        WHILE @@FETCH_STATUS = 0
        BEGIN
            PRINT N'Updating ' + QUOTENAME(@schema) + N'.' + QUOTENAME(@table);
            SELECT @updated = 0, @skipped = 0;
            DECLARE each_statistics CURSOR LOCAL STATIC FORWARD_ONLY FOR
                SELECT st.name, st.stats_id, p.modification_counter FROM sys.stats st OUTER APPLY sys.dm_db_stats_properties(st.object_id, st.stats_id) p WHERE st.object_id = @id ORDER BY st.stats_id;
            OPEN each_statistics;
            FETCH NEXT FROM each_statistics INTO @name, @stat, @changed;
            WHILE @@FETCH_STATUS = 0
            BEGIN
                IF @changed = 0 OR (@changed IS NULL AND NOT EXISTS (SELECT 1 FROM sys.partitions WHERE object_id = @id AND index_id < 2 AND rows > 0))
                BEGIN
                    PRINT N'    ' + QUOTENAME(@name) + N', update is not necessary...';
                    SET @skipped += 1;
                END
                ELSE
                BEGIN
                    SET @text = N'UPDATE STATISTICS ' + QUOTENAME(@schema) + N'.' + QUOTENAME(@table) + N' ' + QUOTENAME(@name) + CASE WHEN UPPER(@resample) = 'RESAMPLE' THEN N' WITH RESAMPLE' ELSE N'' END;
                    EXEC (@text);
                    PRINT N'    ' + QUOTENAME(@name) + N' has been updated...';
                    SET @updated += 1;
                END;
                FETCH NEXT FROM each_statistics INTO @name, @stat, @changed;
            END;
            CLOSE each_statistics;
            DEALLOCATE each_statistics;
            PRINT N'    ' + CONVERT(nvarchar(11), @updated) + N' index(es)/statistic(s) have been updated, ' + CONVERT(nvarchar(11), @skipped) + N' did not require update.';
            PRINT N' ';
            FETCH NEXT FROM each_table INTO @schema, @table, @id;
        END;
        CLOSE each_table;
        PRINT N'Statistics for all tables have been updated.';
        RETURN 0;
        """;

    private const string Create = """
        CREATE PROCEDURE sys.sp_createstats @indexonly char(9) = 'NO', @fullscan char(9) = 'NO', @norecompute char(12) = 'NO', @incremental char(12) = 'NO'
        AS
        SET NOCOUNT ON;
        DECLARE @schema sysname, @table sysname, @id int, @column sysname, @text nvarchar(max), @count int = 0, @first bit, @options nvarchar(100) = N'';
        IF UPPER(@fullscan) = 'FULLSCAN' SET @options += N', FULLSCAN';
        IF UPPER(@norecompute) = 'NORECOMPUTE' SET @options += N', NORECOMPUTE';
        DECLARE each_table CURSOR LOCAL STATIC FORWARD_ONLY FOR
            SELECT s.name, t.name, t.object_id FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id WHERE t.is_ms_shipped = 0 ORDER BY t.object_id;
        OPEN each_table;
        FETCH NEXT FROM each_table INTO @schema, @table, @id;
        WHILE @@FETCH_STATUS = 0
        BEGIN
            SET @first = 1;
            DECLARE each_column CURSOR LOCAL STATIC FORWARD_ONLY FOR
                SELECT c.name FROM sys.columns c
                WHERE c.object_id = @id AND c.is_computed = 0 AND c.max_length <> -1 AND TYPE_NAME(c.system_type_id) NOT IN (N'text', N'ntext', N'image', N'xml', N'json', N'vector')
                    AND NOT EXISTS (SELECT 1 FROM sys.stats_columns sc WHERE sc.object_id = c.object_id AND sc.column_id = c.column_id AND sc.stats_column_id = 1)
                    AND (UPPER(@indexonly) <> 'INDEXONLY' OR EXISTS (SELECT 1 FROM sys.index_columns ic WHERE ic.object_id = c.object_id AND ic.column_id = c.column_id))
                ORDER BY c.column_id;
            OPEN each_column;
            FETCH NEXT FROM each_column INTO @column;
            IF @@FETCH_STATUS <> 0 PRINT N'Table ''' + DB_NAME() + N'.' + @schema + N'.' + @table + N''': No columns without statistics found.';
            WHILE @@FETCH_STATUS = 0
            BEGIN
                IF @first = 1 PRINT N'Table ''' + DB_NAME() + N'.' + @schema + N'.' + @table + N''': Creating statistics for the following columns:';
                SET @first = 0;
                PRINT N'     ' + @column;
                SET @text = N'CREATE STATISTICS ' + QUOTENAME(@column) + N' ON ' + QUOTENAME(@schema) + N'.' + QUOTENAME(@table) + N' (' + QUOTENAME(@column) + N')'
                    + CASE WHEN @options = N'' THEN N'' ELSE N' WITH ' + STUFF(@options, 1, 2, N'') END;
                EXEC (@text);
                SET @count += 1;
                FETCH NEXT FROM each_column INTO @column;
            END;
            CLOSE each_column;
            DEALLOCATE each_column;
            FETCH NEXT FROM each_table INTO @schema, @table, @id;
        END;
        CLOSE each_table;
        PRINT N'';
        PRINT N'Statistics have been created for the ' + CONVERT(nvarchar(11), @count) + N' listed columns of the above tables.';
        RETURN 0;
        """;

    private const string Help = $$"""
        CREATE PROCEDURE sys.sp_helpstats @objname nvarchar(776), @results nvarchar(5) = N'STATS'
        AS
        SET NOCOUNT ON;
        DECLARE @id int = OBJECT_ID(@objname), @db sysname = DB_NAME(), @all bit = CASE WHEN UPPER(@results) = N'ALL' THEN 1 ELSE 0 END;
        {{SystemScripts.RequireObject}}
        IF NOT EXISTS (SELECT 1 FROM sys.stats WHERE object_id = @id AND (@all = 1 OR user_created = 1 OR auto_created = 1))
        BEGIN
            IF @all = 1 PRINT 'This object does not have any statistics or indexes.';
            ELSE PRINT 'This object does not have any statistics.';
            RETURN 0;
        END;
        SELECT st.name AS statistics_name,
            CONVERT(nvarchar(2078), (SELECT STRING_AGG(COL_NAME(sc.object_id, sc.column_id), N', ') WITHIN GROUP (ORDER BY sc.stats_column_id) FROM sys.stats_columns sc
                WHERE sc.object_id = st.object_id AND sc.stats_id = st.stats_id)) AS statistics_keys
        FROM sys.stats st
        WHERE st.object_id = @id AND (@all = 1 OR st.user_created = 1 OR st.auto_created = 1)
        ORDER BY st.name;
        RETURN 0;
        """;

    private const string Automatic = """
        CREATE PROCEDURE sys.sp_autostats @tblname nvarchar(776), @flagc varchar(10) = NULL, @indname sysname = NULL
        AS
        SET NOCOUNT ON;
        DECLARE @id int = OBJECT_ID(@tblname), @db sysname = DB_NAME(), @name sysname, @text nvarchar(max), @count int = 0;
        IF @id IS NULL
        BEGIN
            RAISERROR (15009, -1, -1, @tblname, @db);
            RETURN 1;
        END;
        IF @flagc IS NOT NULL AND UPPER(@flagc) NOT IN ('ON', 'OFF')
        BEGIN
            RAISERROR (17000, -1, -1);
            RETURN 1;
        END;
        IF @flagc IS NULL
        BEGIN
            SELECT @text = N'Global statistics settings for ' + QUOTENAME(@db) + N':' + CHAR(10) + N'  Automatic update statistics: ' + CASE is_auto_update_stats_on WHEN 1 THEN N'ON' ELSE N'OFF' END + CHAR(10)
                + N'  Automatic create statistics: ' + CASE is_auto_create_stats_on WHEN 1 THEN N'ON' ELSE N'OFF' END FROM sys.databases WHERE database_id = DB_ID();
            PRINT @text;
            SET @text = CHAR(10) + N'settings for table ' + QUOTENAME(OBJECT_SCHEMA_NAME(@id)) + N'.' + QUOTENAME(OBJECT_NAME(@id)) + CHAR(10);
            PRINT @text;
            SELECT QUOTENAME(name) AS [Index Name], CASE no_recompute WHEN 0 THEN 'ON ' ELSE 'OFF' END AS [AUTOSTATS], STATS_DATE(object_id, stats_id) AS [Last Updated]
            FROM sys.stats WHERE object_id = @id AND (@indname IS NULL OR name = @indname);
            RETURN 0;
        END;
        DECLARE each_statistics CURSOR LOCAL STATIC FORWARD_ONLY FOR SELECT name FROM sys.stats WHERE object_id = @id AND (@indname IS NULL OR name = @indname) ORDER BY stats_id;
        OPEN each_statistics;
        FETCH NEXT FROM each_statistics INTO @name;
        WHILE @@FETCH_STATUS = 0
        BEGIN
            SET @text = N'UPDATE STATISTICS ' + QUOTENAME(OBJECT_SCHEMA_NAME(@id)) + N'.' + QUOTENAME(OBJECT_NAME(@id)) + N' ' + QUOTENAME(@name) + CASE UPPER(@flagc) WHEN 'OFF' THEN N' WITH NORECOMPUTE' ELSE N'' END;
            EXEC (@text);
            SET @count += 1;
            FETCH NEXT FROM each_statistics INTO @name;
        END;
        CLOSE each_statistics;
        PRINT N'Automatic statistics maintenance turned ' + UPPER(@flagc) + N' for ' + CONVERT(nvarchar(11), @count) + N' indices.';
        RETURN 0;
        """;
}
