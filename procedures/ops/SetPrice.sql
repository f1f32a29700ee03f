-- Sets what a unit of a metric costs from a moment on. Prices of the past are never changed, so that a statement can be made again at any time. For administrators.
-- Errors: 50001, 50033, 50036.
CREATE PROCEDURE ops.SetPrice
    @Metric varchar(30),                   -- ingest_bytes, probe_tokens, searches, distillation_ms, agent_tokens, ...
    @UnitPrice decimal(18, 12),            -- For one unit.
    @ValidFrom datetime2(3) = NULL,        -- UTC; NULL for now.
    @Currency char(3) = 'EUR',             -- ISO 4217; the same for all prices.
    @Tenant uniqueidentifier = NULL        -- Public id of the tenant that it was agreed with; NULL for the list price.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Metric IS NULL OR @Metric = '' OR @UnitPrice IS NULL OR @UnitPrice < 0 OR @Currency IS NULL OR @Currency NOT LIKE '[A-Z][A-Z][A-Z]'
    BEGIN
        THROW 50001, N'@Metric is required, @UnitPrice must not be negative, and @Currency must be three letters.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        DECLARE @TenantId int = CASE WHEN @Tenant IS NULL THEN 0 ELSE (SELECT TenantId FROM tenancy.Tenant WHERE PublicId = @Tenant) END;
        DECLARE @Now datetime2(3) = SYSUTCDATETIME();
        IF @TenantId IS NULL
        BEGIN
            THROW 50036, N'There is no such tenant.', 1;
        END;

        SET @ValidFrom = COALESCE(@ValidFrom, @Now);
        IF @ValidFrom < @Now
            OR EXISTS (SELECT 1 FROM ops.Price WHERE TenantId = @TenantId AND Metric = @Metric AND ValidFrom = @ValidFrom)
            OR EXISTS (SELECT 1 FROM ops.Price WHERE Currency <> @Currency)
        BEGIN
            THROW 50033, N'A price begins now or later, where no other price of the metric begins, in the currency of all other prices.', 1;
        END;

        INSERT INTO ops.Price (TenantId, Metric, ValidFrom, UnitPrice, Currency)
        VALUES (@TenantId, @Metric, @ValidFrom, @UnitPrice, @Currency);

        DECLARE @Details nvarchar(max) = CONCAT(N'{"unit_price":"', @UnitPrice, N'","currency":"', @Currency, N'","valid_from":"', CONVERT(char(23), @ValidFrom, 126), N'Z"}');
        EXECUTE ops.WriteAudit
            @TenantId = @TenantId, @PrincipalId = NULL, @Action = 'price.set', @ObjectType = 'price', @ObjectName = @Metric, @Outcome = 'success', @Details = @Details;

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
GRANT EXECUTE ON OBJECT::ops.SetPrice TO nina_administrator;
