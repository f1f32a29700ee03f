-- Change data capture of NinaDB's tables, as an option beside ops.Outbox (docs/change-data.md says when which one fits). Runs after the schema is there, as a sysadmin (SQL Server) or dbo
-- (embedded host), and again after every upgrade: what is enabled stays as it is. A DACPAC carries none of this.
--
-- Captured are columns, listed by name: no vector, no FILESTREAM, and nothing of type (max), which replication of large values would cut off or refuse. Captured rows pass every security
-- policy: who is in the role nina_changes reads the changes of all tenants.
IF (SELECT d.is_cdc_enabled FROM sys.databases AS d WHERE d.database_id = DB_ID()) = 0
    EXECUTE sys.sp_cdc_enable_db;
GO
IF NOT EXISTS (SELECT 1 FROM cdc.change_tables AS t WHERE t.capture_instance = N'mqe_Model')
    EXECUTE sys.sp_cdc_enable_table
        @source_schema = N'mqe',
        @source_name = N'Model',
        @role_name = N'nina_changes',
        @supports_net_changes = 1,
        @captured_column_list = N'ModelId, PublicId, TenantId, OwnerPrincipalId, Visibility, SharesWeights, Name, Kind, Architecture, ParameterCount, DataType, Format, IsRunnable, ContentHash, Status, CreatedAt, MeasuredAt';
GO
IF NOT EXISTS (SELECT 1 FROM cdc.change_tables AS t WHERE t.capture_instance = N'mqe_Component')
    EXECUTE sys.sp_cdc_enable_table
        @source_schema = N'mqe',
        @source_name = N'Component',
        @role_name = N'nina_changes',
        @supports_net_changes = 1,
        @captured_column_list = N'ComponentId, TenantId, ModelId, Kind, Layer, ComponentIndex, ParentComponentId';
GO
IF NOT EXISTS (SELECT 1 FROM cdc.change_tables AS t WHERE t.capture_instance = N'mqe_SkillMeasurement')
    EXECUTE sys.sp_cdc_enable_table
        @source_schema = N'mqe',
        @source_name = N'SkillMeasurement',
        @role_name = N'nina_changes',
        @supports_net_changes = 1,
        @captured_column_list = N'ComponentId, DomainId, TenantId, ModelId, SkillLevel, SkillLower, SkillUpper, Importance, FiringRate, Method, TextCount, TokenCount, MeasuredAt';
GO
IF NOT EXISTS (SELECT 1 FROM cdc.change_tables AS t WHERE t.capture_instance = N'factory_Agent')
    EXECUTE sys.sp_cdc_enable_table
        @source_schema = N'factory',
        @source_name = N'Agent',
        @role_name = N'nina_changes',
        @supports_net_changes = 1,
        @captured_column_list = N'AgentId, PublicId, TenantId, OwnerPrincipalId, Visibility, Name, BaseModelId, ModelId, KeepFraction, NeuronsPerLayer, Status, MaxLossIncrease, CreatedAt, DistilledAt, VerifiedAt';
GO
IF NOT EXISTS (SELECT 1 FROM cdc.change_tables AS t WHERE t.capture_instance = N'factory_AgentDomain')
    EXECUTE sys.sp_cdc_enable_table
        @source_schema = N'factory',
        @source_name = N'AgentDomain',
        @role_name = N'nina_changes',
        @supports_net_changes = 1,
        @captured_column_list = N'AgentId, DomainId, TenantId';
GO
IF NOT EXISTS (SELECT 1 FROM cdc.change_tables AS t WHERE t.capture_instance = N'market_Listing')
    EXECUTE sys.sp_cdc_enable_table
        @source_schema = N'market',
        @source_name = N'Listing',
        @role_name = N'nina_changes',
        @supports_net_changes = 1,
        @captured_column_list = N'ListingId, PublicId, TenantId, AuthorPrincipalId, AgentId, Title, License, MayReadWeights, PriceModel, Price, Currency, TermDays, Status, Version, CreatedAt, PublishedAt, SuspendedAt';
GO
IF NOT EXISTS (SELECT 1 FROM cdc.change_tables AS t WHERE t.capture_instance = N'tenancy_Membership')
    EXECUTE sys.sp_cdc_enable_table
        @source_schema = N'tenancy',
        @source_name = N'Membership',
        @role_name = N'nina_changes',
        @supports_net_changes = 1,
        @captured_column_list = N'TenantId, PrincipalId, Role, GrantedBy, GrantedAt';
GO
-- The query functions ask for SELECT on every captured column beside the role. Rows of the tables themselves stay behind the security policies.
DECLARE @Grants nvarchar(max) =
(
    SELECT STRING_AGG(CONVERT(nvarchar(max), g.Statement), N' ')
    FROM
    (
        SELECT N'GRANT SELECT ON ' + QUOTENAME(OBJECT_SCHEMA_NAME(t.source_object_id)) + N'.' + QUOTENAME(OBJECT_NAME(t.source_object_id))
            + N' (' + STRING_AGG(CONVERT(nvarchar(max), QUOTENAME(c.column_name)), N', ') + N') TO nina_changes;' AS Statement
        FROM cdc.change_tables AS t
        INNER JOIN cdc.captured_columns AS c
            ON c.object_id = t.object_id
        WHERE t.role_name = N'nina_changes'
        GROUP BY t.source_object_id, t.object_id
    ) AS g
);
EXECUTE (@Grants);
GO
EXECUTE sys.sp_cdc_change_job
    @job_type = N'cleanup',
    @retention = 4320;
GO
