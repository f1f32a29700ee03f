-- The inner half of tenancy.BeginSession: finds the membership as the platform, and gives its session key. Who is unknown, disabled, suspended or no member gets
-- the same error 50025, so that nobody learns who exists.
CREATE PROCEDURE tenancy.OpenSession
    @Oid uniqueidentifier,                 -- Entra object id.
    @Tid uniqueidentifier,                 -- Entra tenant id.
    @Tenant uniqueidentifier,              -- Public id of the tenant to act for; NULL for the one of @Tid.
    @TenantId int OUTPUT,
    @PrincipalId int OUTPUT,
    @Role varchar(8) OUTPUT,
    @SessionKey uniqueidentifier OUTPUT
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SELECT @TenantId = m.TenantId, @PrincipalId = m.PrincipalId, @Role = m.Role
    FROM tenancy.Principal AS p
    INNER JOIN tenancy.Membership AS m ON m.PrincipalId = p.PrincipalId
    INNER JOIN tenancy.Tenant AS t ON t.TenantId = m.TenantId
    WHERE p.Oid = @Oid AND p.Tid = @Tid AND p.Status = 'active' AND t.Status = 'active'
        AND ((@Tenant IS NULL AND t.EntraTenantId = @Tid) OR t.PublicId = @Tenant);

    IF @TenantId IS NULL
    BEGIN
        THROW 50025, N'The principal is not an active member of the tenant.', 1;
    END;

    -- The usual case writes nothing: the key is there, and good for hours.
    DECLARE @Now datetime2(3) = SYSUTCDATETIME();
    SELECT @SessionKey = SessionKey
    FROM tenancy.Session
    WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId AND Role = @Role AND ExpiresAt > DATEADD(HOUR, 12, @Now);

    IF @SessionKey IS NULL
    BEGIN
        DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- A key that ran out, or that carries another role, is never revived.
        DELETE FROM tenancy.Session WITH (UPDLOCK, HOLDLOCK)
        WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId AND (ExpiresAt <= @Now OR Role <> @Role);

        UPDATE tenancy.Session WITH (UPDLOCK, HOLDLOCK)
        SET ExpiresAt = DATEADD(HOUR, 24, @Now)
        WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId;

        IF @@ROWCOUNT = 0
        BEGIN
            INSERT INTO tenancy.Session (TenantId, PrincipalId, Role, ExpiresAt)
            VALUES (@TenantId, @PrincipalId, @Role, DATEADD(HOUR, 24, @Now));
        END;

        SET @SessionKey = (SELECT SessionKey FROM tenancy.Session WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId);

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;
    END;
END;
