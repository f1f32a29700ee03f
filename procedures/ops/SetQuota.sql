-- Sets limits. With @Tenant and @Resource: that limit of the tenant. With @Tenant and @Plan: all limits of the plan, for the tenant; the plan default takes the
-- tenant's own limits away. With @Plan and @Resource: that limit in the plan. What is in use already stays. For administrators. Errors: 50001, 50036.
CREATE PROCEDURE ops.SetQuota
    @Tenant uniqueidentifier = NULL,       -- Public id of the tenant.
    @Resource varchar(30) = NULL,          -- storage_bytes, models, agents, compute_ms (a month) or calls (a minute).
    @Limit bigint = NULL,                  -- NULL: unlimited.
    @Plan varchar(30) = NULL               -- default, or the name of another plan.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Error nvarchar(2048) = N'';
    IF (CASE WHEN @Tenant IS NULL THEN 0 ELSE 1 END) + (CASE WHEN @Resource IS NULL THEN 0 ELSE 1 END) + (CASE WHEN @Plan IS NULL THEN 0 ELSE 1 END) <> 2
    BEGIN
        SET @Error += N'Two of @Tenant, @Resource and @Plan are required. ';
    END;

    IF @Resource NOT IN ('storage_bytes', 'models', 'agents', 'compute_ms', 'calls')
    BEGIN
        SET @Error += N'@Resource must be storage_bytes, models, agents, compute_ms or calls. ';
    END;

    IF @Limit < 0
    BEGIN
        SET @Error += N'@Limit must not be negative. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @TenantId int = (SELECT TenantId FROM tenancy.Tenant WHERE PublicId = @Tenant);
        IF @Tenant IS NOT NULL AND @TenantId IS NULL
        BEGIN
            THROW 50036, N'There is no such tenant.', 1;
        END;

        IF @Tenant IS NOT NULL AND @Plan <> 'default' AND NOT EXISTS (SELECT 1 FROM ops.QuotaPlan WHERE PlanName = @Plan)
        BEGIN
            SET @Error = CONCAT(N'There is no plan named ''', @Plan, N'''.');
            THROW 50036, @Error, 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        IF @Tenant IS NULL
        BEGIN
            UPDATE ops.QuotaPlan WITH (UPDLOCK, HOLDLOCK) SET LimitValue = @Limit WHERE PlanName = @Plan AND Resource = @Resource;
            IF @@ROWCOUNT = 0
            BEGIN
                INSERT INTO ops.QuotaPlan (PlanName, Resource, LimitValue) VALUES (@Plan, @Resource, @Limit);
            END;
        END
        ELSE
        BEGIN
            DELETE FROM ops.QuotaPolicy WITH (UPDLOCK, HOLDLOCK) WHERE TenantId = @TenantId AND (@Resource IS NULL OR Resource = @Resource);
            INSERT INTO ops.QuotaPolicy (TenantId, Resource, LimitValue, PlanName)
            SELECT @TenantId, @Resource, @Limit, NULL
            WHERE @Resource IS NOT NULL
            UNION ALL
            SELECT @TenantId, p.Resource, p.LimitValue, p.PlanName
            FROM ops.QuotaPlan AS p
            WHERE p.PlanName = @Plan AND @Plan <> 'default';
        END;

        DECLARE @AuditTenantId int = COALESCE(@TenantId, 0), @Name nvarchar(400) = COALESCE(@Resource, @Plan),
            @Details nvarchar(max) = (SELECT @Plan AS [plan], @Resource AS [resource], @Limit AS [limit] FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES);
        EXECUTE ops.WriteAudit
            @TenantId = @AuditTenantId, @PrincipalId = NULL, @Action = 'quota.set', @ObjectType = 'quota', @ObjectName = @Name, @Outcome = 'success', @Details = @Details;

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
GRANT EXECUTE ON OBJECT::ops.SetQuota TO nina_administrator;
