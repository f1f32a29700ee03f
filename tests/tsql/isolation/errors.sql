-- What A's reader, whose user was granted SELECT on the base tables, tries in order to learn of B's rows. It must answer the same whatever B does.
-- A division by zero, or a conversion, that only a row of B's could cause
SELECT COUNT(*) FROM mqe.Model WHERE 1 / (CASE WHEN Name LIKE N'quagga%' THEN 0 ELSE 1 END) = 1;
GO
SELECT COUNT(1 / (CASE WHEN Name LIKE N'quagga%' THEN 0 ELSE 1 END)) FROM mqe.Model;
GO
SELECT COUNT(*) FROM mqe.Model WHERE Visibility <> 'public' AND CONVERT(int, CASE WHEN Name LIKE N'quagga%' THEN Name ELSE N'1' END) = 1;
GO
SELECT COUNT(*) FROM mqe.ProbeText WHERE CAST(LEFT(Content, CASE WHEN Content LIKE N'%quagga%' THEN -1 ELSE 1 END) AS nvarchar(10)) = N'x';
GO
SELECT COUNT(*) FROM ops.AuditEvent WHERE 1 / (CASE WHEN Details LIKE N'%quagga%' OR ObjectName LIKE N'%quagga%' THEN 0 ELSE 1 END) = 1;
GO
-- The same in the condition of a join, the order, a group, a window, a CASE, an EXISTS
SELECT COUNT(*) FROM mqe.Tensor AS t INNER JOIN mqe.Model AS m ON m.ModelId = t.ModelId AND 1 / (CASE WHEN m.Name LIKE N'quagga%' THEN 0 ELSE 1 END) = 1;
GO
SELECT TOP (1) 1 FROM mqe.Model ORDER BY 1 / (CASE WHEN Name LIKE N'quagga%' THEN 0 ELSE 1 END);
GO
SELECT COUNT(*) FROM mqe.Model GROUP BY 1 / (CASE WHEN Name LIKE N'quagga%' THEN 0 ELSE 1 END);
GO
SELECT MAX(n) FROM (SELECT ROW_NUMBER() OVER (ORDER BY 1 / (CASE WHEN Name LIKE N'quagga%' THEN 0 ELSE 1 END)) AS n FROM mqe.Model) AS w;
GO
SELECT CASE WHEN EXISTS (SELECT 1 FROM mqe.Model WHERE Name LIKE N'quagga%') THEN 1 / 0 ELSE 0 END;
GO
IF EXISTS (SELECT 1 FROM factory.Agent WHERE Name LIKE N'quagga%') THROW 50999, N'seen', 1;
GO
-- By key, by range, by index, from the other end of a foreign key
SELECT COUNT(*) FROM mqe.Model WHERE ModelId BETWEEN 1 AND 1000;
GO
SELECT MAX(ModelId), MIN(TenantId), COUNT(DISTINCT TenantId) FROM mqe.Model;
GO
SELECT COUNT(*) FROM mqe.Component AS c LEFT OUTER JOIN mqe.Model AS m ON m.ModelId = c.ModelId WHERE m.ModelId IS NULL;
GO
SELECT COUNT(*) FROM factory.AgentComponent AS ac FULL OUTER JOIN mqe.Component AS c ON c.ComponentId = ac.ComponentId;
GO
SELECT Name FROM mqe.Domain EXCEPT SELECT N'chess' UNION SELECT Name FROM factory.Agent;
GO
SELECT m.Name, x.n FROM mqe.Model AS m CROSS APPLY (SELECT COUNT(*) AS n FROM mqe.Tensor AS t WHERE t.ModelId = m.ModelId) AS x;
GO
WITH everything AS (SELECT Name FROM mqe.Model UNION ALL SELECT Name FROM factory.Agent UNION ALL SELECT Title FROM market.Listing UNION ALL SELECT DisplayName FROM tenancy.Principal)
SELECT Name FROM everything ORDER BY Name;
GO
-- As JSON and XML, through temporary tables and variables, cursors and dynamic SQL
SELECT Name, Visibility FROM mqe.Model ORDER BY ModelId FOR JSON PATH, ROOT('models');
GO
SELECT Name, (SELECT COUNT(*) AS n FROM mqe.Component AS c WHERE c.ModelId = m.ModelId FOR JSON PATH) AS parts FROM mqe.Model AS m ORDER BY ModelId FOR JSON AUTO;
GO
SELECT Name FROM mqe.Model ORDER BY ModelId FOR XML PATH('model');
GO
SELECT Name, TenantId INTO #stolen FROM mqe.Model; SELECT COUNT(*), COUNT(DISTINCT TenantId) FROM #stolen; DROP TABLE #stolen;
GO
DECLARE @stolen table (Name nvarchar(200)); INSERT INTO @stolen SELECT Name FROM mqe.Model UNION ALL SELECT Content FROM mqe.ProbeText; SELECT COUNT(*), MAX(Name) FROM @stolen;
GO
DECLARE c CURSOR LOCAL STATIC FOR SELECT Name FROM mqe.Model ORDER BY ModelId; DECLARE @n nvarchar(200), @all nvarchar(max) = N''; OPEN c; FETCH NEXT FROM c INTO @n;
WHILE @@FETCH_STATUS = 0 BEGIN SET @all += @n + N';'; FETCH NEXT FROM c INTO @n; END; CLOSE c; DEALLOCATE c; SELECT @all;
GO
EXECUTE sys.sp_executesql N'SELECT Name FROM mqe.Model; EXECUTE (N''SELECT COUNT(*) FROM mqe.SkillMeasurement'');';
GO
DECLARE @s nvarchar(max) = N'SELECT COUNT(*) FROM ' + QUOTENAME(N'mqe') + N'.' + QUOTENAME(N'Model') + N' WITH (NOLOCK, INDEX(1));'; EXECUTE (@s);
GO
SELECT COUNT(*) FROM mqe.Model WITH (READUNCOMMITTED); SELECT COUNT(*) FROM mqe.Model WITH (TABLOCKX); SELECT COUNT(*) FROM mqe.Model TABLESAMPLE (100 PERCENT);
GO
SELECT CHECKSUM_AGG(CHECKSUM(Name)), STRING_AGG(CAST(Name AS nvarchar(max)), N',') FROM mqe.Model;
GO
-- The vectors of others
DECLARE @v vector(768) = (SELECT TOP (1) MeaningVector FROM mqe.ComponentVector WHERE MeaningVector IS NOT NULL ORDER BY ComponentId);
SELECT COUNT(*), MIN(ModelId), MAX(ModelId) FROM (SELECT TOP (5000) ModelId FROM mqe.ComponentVector WHERE MeaningVector IS NOT NULL ORDER BY VECTOR_DISTANCE('cosine', @v, MeaningVector)) AS found;
GO
-- A forged context does not help once a session has begun, and is refused
EXECUTE sys.sp_set_session_context N'tenant_id', 2;
GO
EXECUTE sys.sp_set_session_context N'session_key', '00000000-0000-0000-0000-000000000000';
GO
EXECUTE sys.sp_set_session_context N'role', 'owner';
GO
SELECT COUNT(*) FROM mqe.Model;
GO
