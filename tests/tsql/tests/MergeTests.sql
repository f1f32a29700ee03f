EXECUTE tSQLt.NewTestClass N'MergeTests';
GO

CREATE PROCEDURE MergeTests.[SetUp]
AS
BEGIN
    -- A fine-tune of the sample, as far as shapes go: an agent that keeps every neuron, with a patch baked in.
    EXECUTE factory.AssembleAgent @Agent = N'tuned', @Domains = N'law', @KeepFraction = 1;
    EXECUTE factory.DistillAgent @Agent = N'tuned', @TextsPerDomain = 2;
    EXECUTE factory.PatchAgent @Agent = N'tuned', @Action = 'apply', @Patch = N'p', @Kind = 'scale', @Factor = 3, @Components = N'[{"kind": "neuron", "layer": 1, "index": 17}]';
    EXECUTE factory.PatchAgent @Agent = N'tuned', @Action = 'bake';
END;
GO

CREATE PROCEDURE MergeTests.[Column17]
    @Model nvarchar(200),
    @Value real OUTPUT
AS
BEGIN
    CREATE TABLE #Elements (row_index bigint, column_index bigint, [value] real);
    INSERT INTO #Elements EXECUTE mqe.PeekTensor @Model = @Model, @Tensor = N'model.layers.1.mlp.down_proj.weight', @Row = 3, @Column = 17, @ColumnCount = 1, @Format = 'elements';
    SET @Value = (SELECT [value] FROM #Elements);
END;
GO

CREATE PROCEDURE MergeTests.[test an agent that keeps everything has the weights of its base]
AS
BEGIN
    DECLARE @Ours real, @Theirs real;
    EXECUTE factory.AssembleAgent @Agent = N'whole', @Domains = N'law', @KeepFraction = 1;
    EXECUTE factory.DistillAgent @Agent = N'whole', @TextsPerDomain = 2;
    EXECUTE MergeTests.Column17 N'nina-mini', @Ours OUTPUT;
    EXECUTE MergeTests.Column17 N'agent/whole', @Theirs OUTPUT;
    EXECUTE tSQLt.AssertEquals @Ours, @Theirs;
END;
GO

CREATE PROCEDURE MergeTests.[test a linear merge lies between its models]
AS
BEGIN
    DECLARE @Ours real, @Merged real;
    EXECUTE factory.MergeModels @Name = N'middle', @Models = N'[{"model": "nina-mini"}, {"model": "agent/tuned"}]';
    EXECUTE MergeTests.Column17 N'nina-mini', @Ours OUTPUT;
    EXECUTE MergeTests.Column17 N'middle', @Merged OUTPUT;

    -- Once and three times the same number; the types are BF16.
    IF ABS(@Merged - 2 * @Ours) > 0.01 * ABS(@Ours) OR @Ours = 0
    BEGIN
        EXECUTE tSQLt.Fail N'The merge should be in the middle.', @Ours, @Merged;
    END;

    DECLARE @Neurons int = (SELECT COUNT(*) FROM mqe.components WHERE model_name = N'middle' AND kind = 'neuron');
    EXECUTE tSQLt.AssertEquals 2048, @Neurons;
END;
GO

CREATE PROCEDURE MergeTests.[test task arithmetic adds differences to the base]
AS
BEGIN
    DECLARE @Ours real, @Merged real;
    EXECUTE factory.MergeModels @Name = N'more', @Models = N'[{"model": "agent/tuned", "weight": 1.5}]', @Method = 'task', @Base = N'nina-mini';
    EXECUTE MergeTests.Column17 N'nina-mini', @Ours OUTPUT;
    EXECUTE MergeTests.Column17 N'more', @Merged OUTPUT;
    IF ABS(@Merged - 4 * @Ours) > 0.05 * ABS(@Ours)
    BEGIN
        EXECUTE tSQLt.Fail N'The difference should be added one and a half times.', @Ours, @Merged;
    END;
END;
GO

CREATE PROCEDURE MergeTests.[test components are taken from another model, and make an agent]
AS
BEGIN
    DECLARE @Theirs real, @Merged real;
    EXECUTE factory.MergeModels @Name = N'both', @Models = N'[{"model": "nina-mini"}, {"model": "agent/tuned"}]', @Method = 'components', @Components = N'[{"kind": "neuron", "layer": 1, "index": 17}]';
    EXECUTE MergeTests.Column17 N'agent/tuned', @Theirs OUTPUT;
    EXECUTE MergeTests.Column17 N'both', @Merged OUTPUT;
    EXECUTE tSQLt.AssertEquals @Theirs, @Merged;
END;
GO

CREATE PROCEDURE MergeTests.[test models of other shapes are error 51802]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'half', @Domains = N'law', @KeepFraction = 0.5;
    EXECUTE factory.DistillAgent @Agent = N'half', @TextsPerDomain = 2;
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 51802, @ExpectedMessagePattern = N'%nina-mini%agent/half%FFN size is 512 and 256%';
    EXECUTE factory.MergeModels @Name = N'x', @Models = N'[{"model": "nina-mini"}, {"model": "agent/half"}]';
END;
GO

CREATE PROCEDURE MergeTests.[test models that were not measured have no domains to merge for]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50082;
    EXECUTE factory.MergeModels @Name = N'x', @Models = N'[{"model": "nina-mini"}, {"model": "agent/tuned"}]', @Method = 'components', @Domains = N'law';
END;
GO

CREATE PROCEDURE MergeTests.[test a merge names all wrong arguments]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001, @ExpectedMessagePattern = N'%@Name is required%two models%@Base goes with%';
    EXECUTE factory.MergeModels @Name = NULL, @Models = N'[{"model": "nina-mini"}]', @Base = N'nina-mini';
END;
GO
