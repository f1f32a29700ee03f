-- Makes a person or an application identity a member of the session's tenant, or gives a member another role. Errors: 50001, 50020, 50021, 50022.
CREATE PROCEDURE tenancy.AddMember
    @Oid uniqueidentifier,                 -- Entra object id.
    @Tid uniqueidentifier,                 -- Entra tenant id of its home; another than the tenant's own for a guest.
    @Role varchar(8),                      -- owner, editor, operator, viewer or auditor.
    @DisplayName nvarchar(200) = NULL      -- What the tenant calls the member; NULL: its object id.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @ObjectName nvarchar(400) = CAST(@Oid AS nvarchar(36));
    EXECUTE tenancy.RequireRole 'owner', 'member.add', 'member', @ObjectName;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Oid IS NULL OR @Tid IS NULL
    BEGIN
        SET @Error += N'@Oid and @Tid are required. ';
    END;

    IF @Role IS NULL OR @Role NOT IN ('owner', 'editor', 'operator', 'viewer', 'auditor')
    BEGIN
        SET @Error += N'@Role must be owner, editor, operator, viewer or auditor. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @TenantId int = tenancy.CurrentTenantId(), @PrincipalId int;
    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- Somebody whom the platform knows already cannot be told from somebody new: this tenant sees the name that it gave.
        SET @DisplayName = COALESCE(NULLIF(LTRIM(@DisplayName), N''), @ObjectName);
        SET @PrincipalId = (SELECT PrincipalId FROM tenancy.Principal WITH (UPDLOCK, HOLDLOCK) WHERE Oid = @Oid AND Tid = @Tid);
        IF @PrincipalId IS NULL
        BEGIN
            INSERT INTO tenancy.Principal (Oid, Tid, DisplayName)
            VALUES (@Oid, @Tid, @DisplayName);
            SET @PrincipalId = CAST(SCOPE_IDENTITY() AS int);
        END;

        -- Before the change: an owner who gives up his own role ends his own session.
        DECLARE @Details nvarchar(max) = (SELECT @Oid AS oid, @Tid AS tid, @Role AS role FOR JSON PATH, WITHOUT_ARRAY_WRAPPER);
        EXECUTE ops.RecordAct 'member.add', 'member', @ObjectName, 'member.changed', @Details = @Details;

        IF EXISTS (SELECT 1 FROM tenancy.Membership WITH (UPDLOCK, HOLDLOCK) WHERE TenantId = @TenantId AND PrincipalId = @PrincipalId)
        BEGIN
            EXECUTE tenancy.ChangeRole @TenantId, @PrincipalId, @Role;
        END
        ELSE
        BEGIN
            INSERT INTO tenancy.Membership (TenantId, PrincipalId, Role, DisplayName, GrantedBy)
            VALUES (@TenantId, @PrincipalId, @Role, @DisplayName, tenancy.CurrentPrincipalId());
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
GRANT EXECUTE ON OBJECT::tenancy.AddMember TO nina_application;
