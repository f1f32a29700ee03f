-- Adds an event to the audit chain of acts outside every tenant: attempts without a session, administration. Inner procedure of ops.RecordAudit.
CREATE PROCEDURE ops.WritePlatformAudit
    @Action varchar(60),
    @ObjectType varchar(30),
    @ObjectName nvarchar(400),
    @Outcome varchar(10),
    @Details nvarchar(max)
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    EXECUTE ops.WriteAudit
        @TenantId = 0, @PrincipalId = NULL, @Action = @Action, @ObjectType = @ObjectType, @ObjectName = @ObjectName, @Outcome = @Outcome, @Details = @Details;
END;
