-- Counts from the facts what every tenant uses, and compares: a row a tenant and resource, drift = 0 where the books are right. Calls a minute leave no facts and are
-- not compared. Run it when nothing else runs, or take a difference of an act under way for what it is. For administrators.
CREATE PROCEDURE ops.VerifyQuota
    @Tenant uniqueidentifier = NULL,       -- Public id of one tenant; NULL for all.
    @Repair bit = 0                        -- 1: set the books to the facts.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Compared table
    (
        TenantId int NOT NULL,
        Resource varchar(30) NOT NULL,
        Used bigint NOT NULL,
        Fact bigint NOT NULL,
        PRIMARY KEY (TenantId, Resource)
    );
    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END, @Now datetime2(3) = SYSUTCDATETIME();
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- Holding the rows keeps the books still while they are compared: every act changes its row first.
        UPDATE ops.QuotaUse SET Used = Used WHERE Resource <> 'calls' AND @Repair = 1;

        INSERT INTO @Compared (TenantId, Resource, Used, Fact)
        SELECT
            t.TenantId,
            r.Resource,
            CASE WHEN u.PeriodStart >= ops.QuotaPeriod(r.Resource, @Now) THEN u.Used ELSE 0 END,
            COALESCE(f.Amount, 0)
        FROM tenancy.Tenant AS t
        CROSS JOIN (VALUES ('storage_bytes'), ('models'), ('agents'), ('compute_ms')) AS r(Resource)
        LEFT OUTER JOIN ops.QuotaUse AS u ON u.TenantId = t.TenantId AND u.Resource = r.Resource
        LEFT OUTER JOIN ops.quota_facts AS f ON f.TenantId = t.TenantId AND f.Resource = r.Resource
        WHERE @Tenant IS NULL OR t.PublicId = @Tenant;

        IF @Repair = 1
        BEGIN
            UPDATE u
            SET Used = c.Fact, PeriodStart = ops.QuotaPeriod(c.Resource, @Now)
            FROM ops.QuotaUse AS u
            INNER JOIN @Compared AS c ON c.TenantId = u.TenantId AND c.Resource = u.Resource
            WHERE c.Used <> c.Fact;

            INSERT INTO ops.QuotaUse (TenantId, Resource, PeriodStart, Used)
            SELECT c.TenantId, c.Resource, ops.QuotaPeriod(c.Resource, @Now), c.Fact
            FROM @Compared AS c
            WHERE c.Fact > 0 AND NOT EXISTS (SELECT 1 FROM ops.QuotaUse AS u WHERE u.TenantId = c.TenantId AND u.Resource = c.Resource);

            IF EXISTS (SELECT 1 FROM @Compared WHERE Used <> Fact)
            BEGIN
                DECLARE @Details nvarchar(max) = (SELECT TenantId AS tenant_id, Resource AS resource, Used AS used, Fact AS fact FROM @Compared WHERE Used <> Fact FOR JSON PATH);
                EXECUTE ops.WriteAudit
                    @TenantId = 0, @PrincipalId = NULL, @Action = 'quota.repair', @ObjectType = 'quota', @ObjectName = NULL, @Outcome = 'success', @Details = @Details;
            END;
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

    SELECT t.PublicId AS tenant_id, c.Resource AS resource, c.Used AS used, c.Fact AS fact, c.Used - c.Fact AS drift
    FROM @Compared AS c
    INNER JOIN tenancy.Tenant AS t ON t.TenantId = c.TenantId
    ORDER BY ABS(c.Used - c.Fact) DESC, c.TenantId, c.Resource;
END;
GO
GRANT EXECUTE ON OBJECT::ops.VerifyQuota TO nina_administrator;
