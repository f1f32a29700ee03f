namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>Procedures of older versions that installation scripts still call; each says in T-SQL which statement it stands for.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-stored-procedures/sp-addtype-transact-sql and the pages of the others</remarks>
internal static class CompatibilityScripts
{
    public static IEnumerable<(string Name, string Text)> All { get; } =
    [
        ("sp_addtype", """
            CREATE PROCEDURE sys.sp_addtype @typename sysname, @phystype sysname, @nulltype varchar(8) = NULL, @owner sysname = NULL AS
            SET NOCOUNT ON;
            DECLARE @text nvarchar(max) = N'CREATE TYPE ' + ISNULL(QUOTENAME(@owner) + N'.', N'') + QUOTENAME(@typename) + N' FROM ' + @phystype
                + CASE WHEN UPPER(@nulltype) IN ('NOT NULL', 'NONULL') THEN N' NOT NULL' WHEN UPPER(@nulltype) = 'NULL' THEN N' NULL' ELSE N'' END;
            EXEC (@text);
            """),
        ("sp_droptype", """
            CREATE PROCEDURE sys.sp_droptype @typename sysname AS
            SET NOCOUNT ON;
            DECLARE @text nvarchar(max) = N'DROP TYPE ' + QUOTENAME(@typename);
            EXEC (@text);
            """),
        ("sp_changedbowner", """
            CREATE PROCEDURE sys.sp_changedbowner @loginame sysname, @map varchar(5) = NULL AS
            SET NOCOUNT ON;
            DECLARE @text nvarchar(max) = N'ALTER AUTHORIZATION ON DATABASE::' + QUOTENAME(DB_NAME()) + N' TO ' + QUOTENAME(@loginame);
            EXEC (@text);
            """),
    ];
}
