-- Makes a tenant and its first owner. For the platform's administrators. Harmless when it is there already with the same owner. Errors: 50001, 50026.
CREATE PROCEDURE tenancy.ProvisionTenant
    @Name nvarchar(200),                   -- Name of the tenant.
    @Tid uniqueidentifier,                 -- Entra tenant id.
    @OwnerOid uniqueidentifier,            -- Entra object id of its first owner.
    @OwnerName nvarchar(200),              -- Display name of its first owner.
    @Tenant uniqueidentifier = NULL OUTPUT -- Public id of the tenant.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Name IS NULL OR LTRIM(@Name) = N''
    BEGIN
        SET @Error += N'@Name is required. ';
    END;

    IF @Tid IS NULL OR @OwnerOid IS NULL
    BEGIN
        SET @Error += N'@Tid and @OwnerOid are required. ';
    END;

    IF @OwnerName IS NULL OR LTRIM(@OwnerName) = N''
    BEGIN
        SET @Error += N'@OwnerName is required. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        DECLARE @TenantId int, @PrincipalId int;
        SELECT @TenantId = TenantId, @Tenant = PublicId FROM tenancy.Tenant WITH (UPDLOCK, HOLDLOCK) WHERE EntraTenantId = @Tid;
        SET @PrincipalId = (SELECT PrincipalId FROM tenancy.Principal WITH (UPDLOCK, HOLDLOCK) WHERE Oid = @OwnerOid AND Tid = @Tid);

        IF @TenantId IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM tenancy.Membership WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId AND Role = 'owner')
        BEGIN
            SET @Tenant = NULL;
            SET @Error = CONCAT(N'The Entra tenant ', @Tid, N' is provisioned already, with another owner.');
            THROW 50026, @Error, 1;
        END;

        IF @TenantId IS NULL
        BEGIN
            SET @Tenant = NEWID();
            INSERT INTO tenancy.Tenant (PublicId, EntraTenantId, Name) VALUES (@Tenant, @Tid, @Name);
            SET @TenantId = CAST(SCOPE_IDENTITY() AS int);

            IF @PrincipalId IS NULL
            BEGIN
                INSERT INTO tenancy.Principal (Oid, Tid, DisplayName) VALUES (@OwnerOid, @Tid, @OwnerName);
                SET @PrincipalId = CAST(SCOPE_IDENTITY() AS int);
            END;

            INSERT INTO tenancy.Membership (TenantId, PrincipalId, Role) VALUES (@TenantId, @PrincipalId, 'owner');
            EXECUTE ops.WriteAudit
                @TenantId = @TenantId, @PrincipalId = @PrincipalId, @Action = 'tenant.provision', @ObjectType = 'tenant', @ObjectName = @Name, @Outcome = 'success', @Details = NULL;
            EXECUTE ops.WriteEvent @TenantId = @TenantId, @Type = 'tenant.provisioned', @Subject = @Name, @Data = NULL;
        END;

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
END;
GO
GRANT EXECUTE ON OBJECT::tenancy.ProvisionTenant TO nina_administrator;
