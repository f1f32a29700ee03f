-- Changes or, with no role, ends a membership, and with it every session that it carries. A tenant keeps an owner. Runs in the caller's transaction, as the platform.
CREATE PROCEDURE tenancy.ChangeRole
    @TenantId int,
    @PrincipalId int,
    @Role varchar(8)                       -- NULL: no member any more.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    -- The tenant's row is the lock: two owners cannot remove each other at the same time.
    DECLARE @Locked int = (SELECT TenantId FROM tenancy.Tenant WITH (UPDLOCK, HOLDLOCK) WHERE TenantId = @TenantId);
    IF COALESCE(@Role, '') <> 'owner'
        AND EXISTS (SELECT 1 FROM tenancy.Membership WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId AND Role = 'owner')
        AND NOT EXISTS (SELECT 1 FROM tenancy.Membership WHERE TenantId = @TenantId AND PrincipalId <> @PrincipalId AND Role = 'owner')
    BEGIN
        THROW 50022, N'The last owner of a tenant stays its owner. Make somebody else an owner first.', 1;
    END;

    IF @Role IS NULL
    BEGIN
        DELETE FROM tenancy.Session WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId;
        DELETE FROM tenancy.Membership WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId;
    END
    ELSE
    BEGIN
        -- Who keeps his role keeps his sessions.
        UPDATE tenancy.Membership
        SET Role = @Role, GrantedBy = tenancy.CurrentPrincipalId(), GrantedAt = SYSUTCDATETIME()
        WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId AND Role <> @Role;
        IF @@ROWCOUNT > 0
        BEGIN
            DELETE FROM tenancy.Session WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId;
        END;
    END;
END;
