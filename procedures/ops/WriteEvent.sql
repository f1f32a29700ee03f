-- Puts a domain event of a tenant into the outbox as a CloudEvent, in the caller's transaction. Inner procedure: others call ops.PublishEvent; procedures of the
-- platform, which act for a tenant without its session, call it with the tenant's key.
CREATE PROCEDURE ops.WriteEvent
    @TenantId int,
    @Type varchar(100),
    @Subject nvarchar(400),
    @Data nvarchar(max)                    -- JSON, or NULL.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Sequence bigint, @EventId uniqueidentifier = NEWID(), @OccurredAt datetime2(3) = SYSUTCDATETIME(), @Try int = 1;

    -- The lock on the head row is held until the commit: no later sequence can be seen before this one, and a rollback leaves no gap.
    WHILE @Sequence IS NULL AND @Try <= 2
    BEGIN
        UPDATE ops.OutboxHead
        SET @Sequence = LastSequence = LastSequence + 1
        WHERE TenantId = @TenantId;

        IF @Sequence IS NULL
        BEGIN
            INSERT INTO ops.OutboxHead (TenantId, LastSequence)
            SELECT @TenantId, 0
            WHERE NOT EXISTS (SELECT 1 FROM ops.OutboxHead WITH (UPDLOCK, HOLDLOCK) WHERE TenantId = @TenantId);
        END;

        SET @Try += 1;
    END;

    INSERT INTO ops.Outbox (TenantId, Sequence, EventId, Type, Subject, OccurredAt, Event)
    SELECT
        @TenantId, @Sequence, @EventId, @Type, @Subject, @OccurredAt,
        CONCAT
        (
            CAST(N'{"specversion":"1.0","id":"' AS nvarchar(max)), LOWER(@EventId),
            N'","source":"/tenants/', LOWER((SELECT PublicId FROM tenancy.Tenant WHERE TenantId = @TenantId)),
            N'","type":"', STRING_ESCAPE(@Type, 'json'),
            N'","subject":"', STRING_ESCAPE(@Subject, 'json'),
            N'","time":"', CONVERT(char(23), @OccurredAt, 126), N'Z',
            N'","sequence":"', @Sequence, N'"',
            CASE WHEN @Data IS NULL THEN N'' ELSE N',"datacontenttype":"application/json","data":' END, @Data, N'}'
        );
END;
