-- The internal key of a member of a tenant; throws 50029 when there is none, whether or not the platform knows the principal.
CREATE PROCEDURE tenancy.FindMember
    @TenantId int,
    @Oid uniqueidentifier,
    @Tid uniqueidentifier,
    @PrincipalId int OUTPUT
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SET @PrincipalId =
    (
        SELECT p.PrincipalId
        FROM tenancy.Principal AS p
        INNER JOIN tenancy.Membership AS m ON m.PrincipalId = p.PrincipalId
        WHERE p.Oid = @Oid AND p.Tid = @Tid AND m.TenantId = @TenantId
    );
    IF @PrincipalId IS NULL
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'The tenant has no member ', @Oid, N' of the Entra tenant ', @Tid, N'. SELECT oid, tid FROM tenancy.members lists them.');
        THROW 50029, @Error, 1;
    END;
END;
