EXECUTE tSQLt.NewTestClass N'IngestTests';
GO

CREATE PROCEDURE IngestTests.[test the sample model is described as its config says]
AS
BEGIN
    SELECT name, architecture, hidden_size, layer_count, head_count, key_value_head_count, feed_forward_width, vocabulary_size, parameter_count, data_type, format, is_runnable, status
    INTO #Actual
    FROM mqe.models
    WHERE name = N'nina-mini';

    SELECT N'nina-mini' AS name, N'llama' AS architecture, 128 AS hidden_size, 4 AS layer_count, 8 AS head_count, 4 AS key_value_head_count, 512 AS feed_forward_width,
        2048 AS vocabulary_size, CAST(1246336 AS bigint) AS parameter_count, N'BF16' AS data_type, N'safetensors' AS format, CAST(1 AS bit) AS is_runnable, N'ready' AS status
    INTO #Expected;

    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';
END;
GO

CREATE PROCEDURE IngestTests.[test a mixture of experts is described with its experts and can run]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)-moe', @Name = N'a mixture', @Granularity = 'expert';

    SELECT architecture, feed_forward_width, parameter_count, is_runnable, expert_count, experts_per_token
    INTO #Actual
    FROM mqe.models
    WHERE name = N'a mixture';

    SELECT N'mixtral' AS architecture, 128 AS feed_forward_width, CAST(1149568 AS bigint) AS parameter_count, CAST(1 AS bit) AS is_runnable, 8 AS expert_count, 2 AS experts_per_token
    INTO #Expected;

    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';
END;
GO

CREATE PROCEDURE IngestTests.[test stored files have the hashes of their content]
AS
BEGIN
    DECLARE @Wrong int = (SELECT COUNT(*) FROM mqe.ModelFile WHERE HASHBYTES('SHA2_256', Content) <> Sha256 OR DATALENGTH(Content) <> ByteLength);
    EXECUTE tSQLt.AssertEquals 0, @Wrong;

    DECLARE @Files int = (SELECT COUNT(*) FROM mqe.ModelFile WHERE Kind IN ('weights', 'config', 'tokenizer'));
    EXECUTE tSQLt.AssertEquals 3, @Files;
END;
GO

CREATE PROCEDURE IngestTests.[test every neuron and head and layer is a component]
AS
BEGIN
    SELECT kind, COUNT(*) AS components INTO #Actual FROM mqe.components WHERE model_name = N'nina-mini' GROUP BY kind;

    SELECT kind, components
    INTO #Expected
    FROM (VALUES ('neuron', 2048), ('head', 32), ('layer', 4), ('model', 1)) AS e(kind, components);

    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';
END;
GO

CREATE PROCEDURE IngestTests.[test tensors tile the weights file without holes]
AS
BEGIN
    DECLARE @Bytes bigint, @Length bigint, @First bigint;
    SELECT @Bytes = SUM(byte_length), @First = MIN(byte_offset) FROM mqe.tensors WHERE model_name = N'nina-mini';
    SELECT @Length = ByteLength FROM mqe.ModelFile WHERE Kind = 'weights';
    SET @Bytes = @Bytes + @First;
    EXECUTE tSQLt.AssertEquals @Length, @Bytes;
END;
GO

CREATE PROCEDURE IngestTests.[test ingesting the same files again changes nothing]
AS
BEGIN
    DECLARE @Before int = (SELECT COUNT(*) FROM mqe.Model), @ModelId int, @Again int;
    SELECT @ModelId = ModelId FROM mqe.Model WHERE Name = N'nina-mini';
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @ModelId = @Again OUTPUT;
    DECLARE @After int = (SELECT COUNT(*) FROM mqe.Model);
    EXECUTE tSQLt.AssertEquals @Before, @After;
    EXECUTE tSQLt.AssertEquals @ModelId, @Again;
END;
GO

CREATE PROCEDURE IngestTests.[test a missing path is refused with error 51001]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 51001, @ExpectedMessagePattern = N'%/no/such/model%';
    EXECUTE mqe.IngestModel @Path = N'/no/such/model';
END;
GO

CREATE PROCEDURE IngestTests.[test all wrong arguments are reported at once]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001, @ExpectedMessage = N'@Path is required. @Granularity must be neuron, expert, head or layer.';
    EXECUTE mqe.IngestModel @Path = N' ', @Granularity = 'atom';
END;
GO

CREATE PROCEDURE IngestTests.[test a model with another name can hold layers only]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'coarse', @Granularity = 'layer';
    DECLARE @Components int = (SELECT COUNT(*) FROM mqe.components WHERE model_name = N'coarse');
    EXECUTE tSQLt.AssertEquals 5, @Components;
END;
GO

CREATE PROCEDURE IngestTests.[test a dropped model leaves no rows]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'short-lived', @Granularity = 'layer';
    EXECUTE mqe.DropModel @Model = N'short-lived';

    DECLARE @Rows int =
        (SELECT COUNT(*) FROM mqe.Model WHERE Name = N'short-lived')
        + (SELECT COUNT(*) FROM mqe.ModelFile AS f WHERE NOT EXISTS (SELECT 1 FROM mqe.Model AS m WHERE m.ModelId = f.ModelId))
        + (SELECT COUNT(*) FROM mqe.Tensor AS t WHERE NOT EXISTS (SELECT 1 FROM mqe.Model AS m WHERE m.ModelId = t.ModelId))
        + (SELECT COUNT(*) FROM mqe.Component AS c WHERE NOT EXISTS (SELECT 1 FROM mqe.Model AS m WHERE m.ModelId = c.ModelId));
    EXECUTE tSQLt.AssertEquals 0, @Rows;
END;
GO

CREATE PROCEDURE IngestTests.[test dropping an unknown model is error 50003]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50003, @ExpectedMessagePattern = N'There is no model named ''nobody''%';
    EXECUTE mqe.DropModel @Model = N'nobody';
END;
GO

CREATE PROCEDURE IngestTests.[test the number of a CLR error is found in its wrapping]
AS
BEGIN
    DECLARE @Wrapped nvarchar(4000) = CONCAT(N'A .NET Framework error occurred during execution of user-defined routine or aggregate "DescribePath": ', NCHAR(13), NCHAR(10),
        N'NinaDB.Clr.Errors.NinaException: [51204] File ''x'', offset 12: the shape overflows.', NCHAR(13), NCHAR(10), N'NinaDB.Clr.Errors.NinaException: ', NCHAR(13), NCHAR(10), N'   at x', NCHAR(13), NCHAR(10), N'.');
    DECLARE @Number int = mqe.ClrErrorNumber(@Wrapped), @Text nvarchar(2048) = mqe.ClrErrorText(@Wrapped);
    EXECUTE tSQLt.AssertEquals 51204, @Number;
    EXECUTE tSQLt.AssertEqualsString N'File ''x'', offset 12: the shape overflows.', @Text;
    SET @Number = mqe.ClrErrorNumber(N'Some other error: [51204] no.');
    EXECUTE tSQLt.AssertEquals NULL, @Number;
END;
GO
