-- Publishes a new version of a constitution, which replaces the set of rules in force; earlier versions stay, and agents assembled under them go on obeying them.
-- A tenant's rules add to the platform's and never relax them. Result: one row. Errors: 50020, 50021, 50043, 50044, 50049, 511xx.
CREATE PROCEDURE safety.PublishConstitution
    @Rules nvarchar(max),                  -- JSON array of rules: {"name", "kind", "stage", "text", "parameters"}; docs/safety.md.
    @Scope varchar(8) = 'tenant'           -- tenant: of the session's tenant, for its owners; platform: of all, for nina_administrator and nina_platform.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int, @CreatedBy nvarchar(200) = ISNULL(CONVERT(nvarchar(36), SESSION_CONTEXT(N'oid')), USER_NAME());
    IF @Scope = 'tenant'
    BEGIN
        EXECUTE tenancy.RequireRole 'owner', 'constitution.publish', 'constitution', N'tenant';
        SET @TenantId = tenancy.CurrentTenantId();
    END
    ELSE IF @Scope = 'platform'
    BEGIN
        -- db_owner can make itself a member of any role; refusing it would be for show.
        IF ISNULL(IS_ROLEMEMBER(N'nina_administrator'), 0) = 0 AND ISNULL(IS_ROLEMEMBER(N'nina_platform'), 0) = 0 AND ISNULL(IS_ROLEMEMBER(N'db_owner'), 0) = 0
        BEGIN
            THROW 50044, N'Only the platform''s administrators publish its constitution: members of the database role nina_administrator.', 1;
        END;

        SET @CreatedBy = USER_NAME();
    END
    ELSE
    BEGIN
        THROW 50001, N'@Scope is tenant or platform.', 1;
    END;

    DECLARE @Checked nvarchar(max), @Version int, @Hash binary(32);
    EXECUTE safety.CheckedRules @Rules, @Checked OUTPUT;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE safety.AppendConstitution @TenantId, @Checked, @CreatedBy, @Version OUTPUT, @Hash OUTPUT;
        DECLARE @Details nvarchar(max) = CONCAT(N'{"version":', @Version, N',"hash":"', LOWER(CONVERT(char(64), @Hash, 2)), N'"}');
        EXECUTE ops.RecordAudit @Action = 'constitution.publish', @ObjectType = 'constitution', @ObjectName = @Scope, @Details = @Details;
        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        THROW;
    END CATCH;

    SELECT @Scope AS scope, @Version AS version, (SELECT COUNT(*) FROM OPENJSON(@Checked)) AS rule_count, @Hash AS hash;
END;
GO
GRANT EXECUTE ON OBJECT::safety.PublishConstitution TO nina_application;
GO
GRANT EXECUTE ON OBJECT::safety.PublishConstitution TO nina_administrator;
