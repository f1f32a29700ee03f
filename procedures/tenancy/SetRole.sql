-- Gives a member of the session's tenant another role. Every connection that acts under the old one loses its access at once and begins anew. Errors: 50001, 50020, 50021, 50022, 50029.
CREATE PROCEDURE tenancy.SetRole
    @Oid uniqueidentifier,                 -- Entra object id of the member.
    @Tid uniqueidentifier,             -- Entra tenant id of its home.
    @Role varchar(8)                       -- owner, editor, operator, viewer or auditor.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @ObjectName nvarchar(400) = CAST(@Oid AS nvarchar(36));
    EXECUTE tenancy.RequireRole 'owner', 'member.set_role', 'member', @ObjectName;

    IF @Oid IS NULL OR @Tid IS NULL OR @Role IS NULL OR @Role NOT IN ('owner', 'editor', 'operator', 'viewer', 'auditor')
    BEGIN
        THROW 50001, N'@Oid and @Tid are required, and @Role must be owner, editor, operator, viewer or auditor.', 1;
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
        DECLARE @Details nvarchar(max) = (SELECT @Oid AS oid, @Tid AS tid, @Role AS role FOR JSON PATH, WITHOUT_ARRAY_WRAPPER);
        EXECUTE ops.RecordAct 'member.set_role', 'member', @ObjectName, 'member.changed', @Details = @Details;
        EXECUTE tenancy.ChangeRole @TenantId, @PrincipalId, @Role;

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
GRANT EXECUTE ON OBJECT::tenancy.SetRole TO nina_application;
