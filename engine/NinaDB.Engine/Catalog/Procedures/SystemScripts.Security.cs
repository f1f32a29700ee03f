namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>The older procedures about logins, users and roles: each runs the statement that has taken its place.</summary>
internal static partial class SystemScripts
{
    private static void AddSecurity(Action<string, string> add)
    {
        void Runs(string name, string parameters, string statement, string before = "", string after = "") =>
            add(name, $"CREATE PROCEDURE sys.{name} {parameters} AS SET NOCOUNT ON; {before} DECLARE @t nvarchar(max) = {statement}; EXEC (@t); {after} RETURN 0;");

        void Outside(string name, string parameters, string statement, string before = "", string after = "") =>
            Runs(name, parameters, statement, $"IF @@TRANCOUNT > 0 BEGIN RAISERROR (15002, -1, -1, 'sys.{name}'); RETURN 1; END; " + before, after);

        Runs("sp_addrole", "@rolename sysname, @ownername sysname = NULL", "N'CREATE ROLE ' + QUOTENAME(@rolename) + ISNULL(N' AUTHORIZATION ' + QUOTENAME(@ownername), N'')");
        Runs("sp_droprole", "@rolename sysname", "N'DROP ROLE ' + QUOTENAME(@rolename)");
        Runs("sp_grantdbaccess", "@loginame sysname, @name_in_db sysname = NULL", "N'CREATE USER ' + QUOTENAME(ISNULL(@name_in_db, @loginame)) + N' FOR LOGIN ' + QUOTENAME(@loginame)");
        Runs("sp_revokedbaccess", "@name_in_db sysname", DropUser);
        Runs("sp_adduser", "@loginame sysname, @name_in_db sysname = NULL, @grpname sysname = NULL",
            "N'CREATE USER ' + QUOTENAME(ISNULL(@name_in_db, @loginame)) + N' FOR LOGIN ' + QUOTENAME(@loginame) + N' WITH DEFAULT_SCHEMA = ' + QUOTENAME(ISNULL(@name_in_db, @loginame))",
            "IF @grpname IS NOT NULL AND DATABASE_PRINCIPAL_ID(@grpname) IS NULL BEGIN RAISERROR (15014, -1, -1, @grpname); RETURN 1; END;",
            "SET @t = N'CREATE SCHEMA ' + QUOTENAME(ISNULL(@name_in_db, @loginame)) + N' AUTHORIZATION ' + QUOTENAME(ISNULL(@name_in_db, @loginame)); EXEC (@t); "
            + "IF @grpname IS NOT NULL BEGIN SET @t = N'ALTER ROLE ' + QUOTENAME(@grpname) + N' ADD MEMBER ' + QUOTENAME(ISNULL(@name_in_db, @loginame)); EXEC (@t); END;");
        Runs("sp_dropuser", "@name_in_db sysname", DropUser);
        Outside("sp_addlogin",
            "@loginame sysname, @passwd sysname = NULL, @defdb sysname = N'master', @deflanguage sysname = NULL, @sid varbinary(16) = NULL, @encryptopt varchar(20) = NULL",
            "N'CREATE LOGIN ' + QUOTENAME(@loginame) + N' WITH PASSWORD = ' + CASE WHEN @encryptopt IN ('skip_encryption', 'skip_encryption_old') THEN sys.fn_varbintohexstr(CONVERT(varbinary(256), @passwd)) + N' HASHED' "
            + "ELSE N'''' + REPLACE(ISNULL(@passwd, N''), N'''', N'''''') + N'''' END + N', DEFAULT_DATABASE = ' + QUOTENAME(@defdb) + N', CHECK_POLICY = OFF' "
            + "+ ISNULL(N', DEFAULT_LANGUAGE = ' + QUOTENAME(@deflanguage), N'') + ISNULL(N', SID = ' + sys.fn_varbintohexstr(@sid), N'')");
        Outside("sp_droplogin", "@loginame sysname", "N'DROP LOGIN ' + QUOTENAME(@loginame)");
        Outside("sp_grantlogin", "@loginame sysname", "N'CREATE LOGIN ' + QUOTENAME(@loginame) + N' FROM WINDOWS'", WindowsName);
        Outside("sp_revokelogin", "@loginame sysname", "N'DROP LOGIN ' + QUOTENAME(@loginame)", WindowsName);
        Outside("sp_denylogin", "@loginame sysname", "N'ALTER LOGIN ' + QUOTENAME(@loginame) + N' DISABLE'", WindowsName);
        Outside("sp_password", "@old sysname = NULL, @new sysname, @loginame sysname = NULL",
            "N'ALTER LOGIN ' + QUOTENAME(@loginame) + N' WITH PASSWORD = ''' + REPLACE(ISNULL(@new, N''), N'''', N'''''') + N'''' + ISNULL(N' OLD_PASSWORD = ''' + REPLACE(@old, N'''', N'''''') + N'''', N'')",
            "SET @loginame = ISNULL(@loginame, SUSER_SNAME());" + KnownLogin);
        Outside("sp_defaultdb", "@loginame sysname, @defdb sysname", "N'ALTER LOGIN ' + QUOTENAME(@loginame) + N' WITH DEFAULT_DATABASE = ' + QUOTENAME(@defdb)",
            "IF DB_ID(@defdb) IS NULL BEGIN RAISERROR (15010, -1, -1, @defdb); RETURN 1; END;" + KnownLogin);
        Outside("sp_defaultlanguage", "@loginame sysname, @language sysname = NULL", "N'ALTER LOGIN ' + QUOTENAME(@loginame) + N' WITH DEFAULT_LANGUAGE = ' + QUOTENAME(ISNULL(@language, N'us_english'))",
            KnownLogin);
        Outside("sp_addsrvrolemember", "@loginame sysname, @rolename sysname = NULL", "N'ALTER SERVER ROLE ' + QUOTENAME(@rolename) + N' ADD MEMBER ' + QUOTENAME(@loginame)", FixedServerRole);
        Outside("sp_dropsrvrolemember", "@loginame sysname, @rolename sysname = NULL", "N'ALTER SERVER ROLE ' + QUOTENAME(@rolename) + N' DROP MEMBER ' + QUOTENAME(@loginame)", FixedServerRole);
        Outside("sp_changedbowner", "@loginame sysname, @map varchar(5) = NULL", "N'ALTER AUTHORIZATION ON DATABASE::' + QUOTENAME(DB_NAME()) + N' TO ' + QUOTENAME(@loginame)", KnownLogin);
        add("sp_helpntgroup", NtGroups);
        add("sp_validatelogins", "CREATE PROCEDURE sys.sp_validatelogins AS SET NOCOUNT ON; SELECT sid AS [SID], name AS [NT Login] FROM sys.server_principals WHERE 1 = 0; RETURN 0;");
        add("sp_change_users_login", OrphanedUsers);
    }

    private const string DropUser = "N'DROP USER ' + QUOTENAME(@name_in_db)";

    private const string KnownLogin = " IF SUSER_ID(@loginame) IS NULL BEGIN RAISERROR (15007, -1, -1, @loginame); RETURN 1; END;";

    private const string WindowsName = "IF CHARINDEX(N'\\', @loginame) = 0 BEGIN RAISERROR (15407, -1, -1, @loginame); RETURN 1; END;";

    private const string FixedServerRole =
        "IF IS_SRVROLEMEMBER(@rolename) IS NULL OR NOT EXISTS (SELECT * FROM sys.server_principals WHERE name = @rolename AND type = 'R' AND principal_id BETWEEN 3 AND 20) "
        + "BEGIN RAISERROR (15402, -1, -1, @rolename); RETURN 1; END;" + KnownLogin;

    private const string NtGroups = """
        CREATE PROCEDURE sys.sp_helpntgroup @ntname sysname = NULL
        AS
        SET NOCOUNT ON;
        IF @ntname IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @ntname AND type = 'G')
        BEGIN
            RAISERROR (15420, -1, -1, @ntname);
            RETURN 1;
        END;
        SELECT name AS NTGroupName, sid AS NTGroupId FROM sys.database_principals WHERE type = 'G' AND (@ntname IS NULL OR name = @ntname) ORDER BY name;
        RETURN 0;
        """;

    private const string OrphanedUsers = """
        CREATE PROCEDURE sys.sp_change_users_login @Action varchar(10), @UserNamePattern sysname = NULL, @LoginName sysname = NULL, @Password sysname = NULL
        AS
        SET NOCOUNT ON;
        SET @Action = UPPER(@Action);
        IF @Action NOT IN ('REPORT', 'UPDATE_ONE', 'AUTO_FIX')
        BEGIN
            RAISERROR (15286, -1, -1, @Action);
            RETURN 1;
        END;
        IF @Action = 'REPORT'
        BEGIN
            SELECT name AS UserName, sid AS UserSID FROM sys.database_principals u
            WHERE type = 'S' AND principal_id > 4 AND authentication_type = 1 AND NOT EXISTS (SELECT * FROM sys.server_principals l WHERE l.sid = u.sid) ORDER BY name;
            RETURN 0;
        END;
        IF DATABASE_PRINCIPAL_ID(@UserNamePattern) IS NULL
        BEGIN
            RAISERROR (15291, -1, -1, 'User', @UserNamePattern);
            RETURN 1;
        END;
        SET @LoginName = ISNULL(@LoginName, @UserNamePattern);
        IF SUSER_ID(@LoginName) IS NULL
        BEGIN
            RAISERROR (15291, -1, -1, 'Login', @LoginName);
            RETURN 1;
        END;
        DECLARE @t nvarchar(max) = N'ALTER USER ' + QUOTENAME(@UserNamePattern) + N' WITH LOGIN = ' + QUOTENAME(@LoginName);
        EXEC (@t);
        RETURN 0;
        """;
}
