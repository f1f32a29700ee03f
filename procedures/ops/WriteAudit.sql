-- Adds an event to the audit chain of a tenant, in the caller's transaction. Inner procedure: others call ops.RecordAudit.
CREATE PROCEDURE ops.WriteAudit
    @TenantId int,                         -- 0: outside every tenant.
    @PrincipalId int,
    @Action varchar(60),
    @ObjectType varchar(30),
    @ObjectName nvarchar(400),
    @Outcome varchar(10),
    @Details nvarchar(max)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Sequence bigint, @PreviousHash binary(32), @Hash binary(32), @OccurredAt datetime2(3) = SYSUTCDATETIME();
    DECLARE @PrincipalOid uniqueidentifier = (SELECT Oid FROM tenancy.Principal WHERE PrincipalId = @PrincipalId);
    DECLARE @LoginName nvarchar(128) = ORIGINAL_LOGIN(), @HostName nvarchar(128) = HOST_NAME(), @AppName nvarchar(128) = APP_NAME();
    DECLARE @ClientAddress varchar(48) = CAST(CONNECTIONPROPERTY('client_net_address') AS varchar(48));
    DECLARE @Try int = 1;

    -- One statement reads the end of the chain, locks it until the commit, and moves it on.
    WHILE @Sequence IS NULL AND @Try <= 2
    BEGIN
        UPDATE ops.AuditHead
        SET
            @PreviousHash = LastHash,
            @Sequence = LastSequence = LastSequence + 1,
            @Hash = LastHash = HASHBYTES
            (
                'SHA2_256',
                LastHash + CAST
                (
                    ops.AuditText
                    (
                        @TenantId, LastSequence + 1, @OccurredAt, @PrincipalOid, @LoginName, @HostName, @AppName, @ClientAddress,
                        @Action, @ObjectType, @ObjectName, @Outcome, @Details
                    ) AS varbinary(max)
                )
            )
        WHERE TenantId = @TenantId;

        IF @Sequence IS NULL
        BEGIN
            INSERT INTO ops.AuditHead (TenantId, LastSequence, LastHash)
            SELECT @TenantId, 0, CAST(0 AS binary(32))
            WHERE NOT EXISTS (SELECT 1 FROM ops.AuditHead WITH (UPDLOCK, HOLDLOCK) WHERE TenantId = @TenantId);
        END;

        SET @Try += 1;
    END;

    INSERT INTO ops.AuditEvent
    (
        TenantId, Sequence, OccurredAt, PrincipalOid, LoginName, HostName, AppName, ClientAddress, Action, ObjectType, ObjectName, Outcome, Details,
        PreviousHash, Hash
    )
    VALUES
    (
        @TenantId, @Sequence, @OccurredAt, @PrincipalOid, @LoginName, @HostName, @AppName, @ClientAddress, @Action, @ObjectType, @ObjectName, @Outcome, @Details,
        @PreviousHash, @Hash
    );
END;
