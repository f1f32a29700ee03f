-- The canonical text of an audit event: a JSON array of its values, so that no two different events have the same text.
CREATE FUNCTION ops.AuditText
(
    @TenantId int,
    @Sequence bigint,
    @OccurredAt datetime2(3),
    @PrincipalOid uniqueidentifier,
    @LoginName nvarchar(128),
    @HostName nvarchar(128),
    @AppName nvarchar(128),
    @ClientAddress varchar(48),
    @Action varchar(60),
    @ObjectType varchar(30),
    @ObjectName nvarchar(400),
    @Outcome varchar(10),
    @Details nvarchar(max)
)
RETURNS nvarchar(max)
WITH SCHEMABINDING
AS
BEGIN
    RETURN CONCAT
    (
        CAST(N'[' AS nvarchar(max)), @TenantId, N',', @Sequence, N',"', CONVERT(char(23), @OccurredAt, 126), N'",',
        COALESCE(N'"' + CAST(@PrincipalOid AS nvarchar(36)) + N'"', N'null'), N',',
        COALESCE(N'"' + STRING_ESCAPE(@LoginName, 'json') + N'"', N'null'), N',',
        COALESCE(N'"' + STRING_ESCAPE(@HostName, 'json') + N'"', N'null'), N',',
        COALESCE(N'"' + STRING_ESCAPE(@AppName, 'json') + N'"', N'null'), N',',
        COALESCE(N'"' + STRING_ESCAPE(@ClientAddress, 'json') + N'"', N'null'), N',',
        COALESCE(N'"' + STRING_ESCAPE(@Action, 'json') + N'"', N'null'), N',',
        COALESCE(N'"' + STRING_ESCAPE(@ObjectType, 'json') + N'"', N'null'), N',',
        COALESCE(N'"' + STRING_ESCAPE(@ObjectName, 'json') + N'"', N'null'), N',',
        COALESCE(N'"' + @Outcome + N'"', N'null'), N',',
        COALESCE(N'"' + STRING_ESCAPE(@Details, 'json') + N'"', N'null'), N']'
    );
END;
