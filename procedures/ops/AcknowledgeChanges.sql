-- Says that a consumer has taken a tenant's events up to a sequence for good; ops.ReadChanges goes on behind it. Acknowledging less than before changes nothing.
-- Errors: 50001, 50020, 50031.
CREATE PROCEDURE ops.AcknowledgeChanges
    @Consumer nvarchar(100),               -- Name of the consumer.
    @Sequence bigint,                      -- Of the last event that it took.
    @TenantId int = NULL                   -- Whose events; a session may leave it out, a feed says the tenant_id of the event.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @SessionTenantId int = tenancy.CurrentTenantId(), @IsFeed bit = 0;
    IF @SessionTenantId IS NULL
    BEGIN
        IF ISNULL(IS_ROLEMEMBER(N'nina_feed'), 0) = 0
        BEGIN
            THROW 50020, N'No session was begun on this connection, or it has ended. The application calls tenancy.BeginSession first.', 1;
        END;

        SET @IsFeed = 1;
    END;

    SET @TenantId = COALESCE(@TenantId, @SessionTenantId);
    IF @Consumer IS NULL OR @Sequence IS NULL OR @TenantId IS NULL
    BEGIN
        THROW 50001, N'@Consumer, @Sequence and, for a feed, @TenantId are required.', 1;
    END;

    IF NOT EXISTS (SELECT 1 FROM ops.Consumer WHERE TenantId = CASE WHEN @IsFeed = 1 THEN 0 ELSE @SessionTenantId END AND Name = @Consumer)
        OR NOT EXISTS (SELECT 1 FROM ops.OutboxHead WHERE TenantId = @TenantId AND LastSequence >= @Sequence AND (@IsFeed = 1 OR TenantId = @SessionTenantId))
    BEGIN
        THROW 50031, N'There is nothing to acknowledge: the consumer has never read, or the sequence was never published.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE ops.ConsumerCheckpoint WITH (UPDLOCK, HOLDLOCK)
        SET Sequence = CASE WHEN Sequence > @Sequence THEN Sequence ELSE @Sequence END, AcknowledgedAt = SYSUTCDATETIME()
        WHERE TenantId = @TenantId AND IsFeed = @IsFeed AND Consumer = @Consumer;

        IF @@ROWCOUNT = 0
        BEGIN
            INSERT INTO ops.ConsumerCheckpoint (TenantId, IsFeed, Consumer, Sequence)
            VALUES (@TenantId, @IsFeed, @Consumer, @Sequence);
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
GRANT EXECUTE ON OBJECT::ops.AcknowledgeChanges TO nina_application;
GO
GRANT EXECUTE ON OBJECT::ops.AcknowledgeChanges TO nina_feed;
