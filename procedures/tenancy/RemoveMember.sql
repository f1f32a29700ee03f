-- Ends a membership of the session's tenant. Every connection that acts under it loses its access at once. What the member made stays the tenant's. Errors: 50001, 50020, 50021, 50022, 50029.
CREATE PROCEDURE tenancy.RemoveMember
    @Oid uniqueidentifier,                 -- Entra object id of the member.
    @Tid uniqueidentifier              -- Entra tenant id of its home.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @ObjectName nvarchar(400) = CAST(@Oid AS nvarchar(36));
    EXECUTE tenancy.RequireRole 'owner', 'member.remove', 'member', @ObjectName;

    IF @Oid IS NULL OR @Tid IS NULL
    BEGIN
        THROW 50001, N'@Oid and @Tid are required.', 1;
    END;

    DECLARE @TenantId int = tenancy.CurrentTenantId(), @PrincipalId int;
    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE tenancy.FindMember @TenantId, @Oid, @Tid, @PrincipalId OUTPUT;

        -- Before the change: an owner who gives up his own role ends his own session.
        DECLARE @Details nvarchar(max) = (SELECT @Oid AS oid, @Tid AS tid FOR JSON PATH, WITHOUT_ARRAY_WRAPPER);
        EXECUTE ops.RecordAct 'member.remove', 'member', @ObjectName, 'member.changed', @Details = @Details;
        EXECUTE tenancy.ChangeRole @TenantId, @PrincipalId, NULL;

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
GRANT EXECUTE ON OBJECT::tenancy.RemoveMember TO nina_application;
