-- How A calls each procedure and function that applications may use. A word in braces (model, agent, listing, domain, oid, consumer, id) stands for something of B's, once
-- by every name it has, and once for something that nobody has: A must get the same answer, byte for byte. A block without them must answer the same whatever B does.
-- [mqe.IngestModel]
EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'{model}', @Granularity = 'layer';
GO
-- [mqe.DropModel]
EXECUTE mqe.DropModel N'{model}';
GO
-- [mqe.ShareModel]
EXECUTE mqe.ShareModel N'{model}', 'public';
GO
-- [mqe.ExportModel]
EXECUTE mqe.ExportModel @Model = N'{model}', @Path = N'$(ExportFolder)/model';
GO
-- [mqe.PeekTensor]
EXECUTE mqe.PeekTensor @Model = N'{model}', @Tensor = N'model.norm.weight';
GO
-- [mqe.PeekTensor] the default model is one's own
EXECUTE mqe.PeekTensor @Tensor = N'model.norm.weight', @ColumnCount = 4;
GO
-- [mqe.SliceTensor]
EXECUTE mqe.SliceTensor @Model = N'{model}', @Tensor = N'model.norm.weight', @ColumnStep = 2;
GO
-- [mqe.SliceTensor] the default model is one's own
EXECUTE mqe.SliceTensor @Tensor = N'model.norm.weight', @ColumnStop = 8, @ColumnStep = 2, @Format = 'vector';
GO
-- [mqe.CompareTensors]
EXECUTE mqe.CompareTensors @ModelA = N'aardvark', @ModelB = N'{model}', @Tensor = N'model.norm.weight';
GO
-- [mqe.CompareTensors]
EXECUTE mqe.CompareTensors @ModelA = N'{model}', @ModelB = N'aardvark', @Tensor = N'model.norm.weight';
GO
-- [mqe.CompareTensors]
EXECUTE mqe.CompareTensors @ModelA = N'aardvark', @ModelB = N'aardvark', @Tensor = N'model.norm.weight';
GO
-- [mqe.VerifyModel]
EXECUTE mqe.VerifyModel @Model = N'{model}';
GO
-- [mqe.VerifyModel]
EXECUTE mqe.VerifyModel @Model = N'aardvark';
GO
-- [mqe.TensorStatistics]
EXECUTE mqe.TensorStatistics @Model = N'{model}';
GO
-- [mqe.TensorStatistics]
EXECUTE mqe.TensorStatistics @Model = N'aardvark', @Tensor = N'model.norm.weight';
GO
-- [mqe.AddProbeTexts]
EXECUTE mqe.AddProbeTexts @Domain = N'{domain}', @Path = N'$(ProbeFile)';
SELECT COUNT(*) AS passages FROM mqe.domains WHERE name = N'{domain}';
GO
-- [mqe.MeasureSkills]
EXECUTE mqe.MeasureSkills @Model = N'{model}';
GO
-- [mqe.FindCapabilities]
EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Model = N'{model}';
GO
-- [mqe.FindCapabilities]
EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Model = N'aardvark', @Top = 50;
GO
-- [mqe.FindCapabilities]
EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Model = N'okapi base', @Top = 50, @Exact = 1;
GO
-- [mqe.ShowTopTokens]
EXECUTE mqe.ShowTopTokens @Model = N'{model}', @Layer = 1, @Index = 7;
GO
-- [mqe.ShowTopTokens] what is shared without its weights
EXECUTE mqe.ShowTopTokens @Model = N'okapi base', @Layer = 1, @Index = 7;
GO
-- [mqe.CheckVectorIndex]
EXECUTE mqe.CheckVectorIndex @Model = N'{model}';
GO
-- [mqe.CheckVectorIndex]
EXECUTE mqe.CheckVectorIndex @Model = N'aardvark', @Queries = 3;
GO
-- [mqe.EvaluateSearch]
EXECUTE mqe.EvaluateSearch @Model = N'{model}';
GO
-- [mqe.EvaluateSearch]
EXECUTE mqe.EvaluateSearch @Model = N'aardvark', @Queries = N'[{"domain": "chess", "query": "knight"}, {"domain": "quagga domain", "query": "herd"}]';
GO
-- [mqe.Tokenize]
EXECUTE mqe.Tokenize @Model = N'{model}', @Text = N'The knight';
GO
-- [mqe.Detokenize]
EXECUTE mqe.Detokenize @Model = N'{model}', @Tokens = N'[1, 348]';
GO
-- [mqe.Infer]
EXECUTE mqe.Infer @Model = N'{model}', @Prompt = N'The';
GO
-- [mqe.Infer] what is public runs
EXECUTE mqe.Infer @Model = N'okapi base', @Prompt = N'The', @Top = 2;
GO
-- [mqe.GenerateText]
EXECUTE mqe.GenerateText @Model = N'{model}', @Prompt = N'The', @MaxTokens = 2;
GO
-- [mqe.GenerateText]
EXECUTE mqe.GenerateText @Model = N'okapi base', @Prompt = N'The', @MaxTokens = 2;
GO
-- [mqe.TracePrompt]
EXECUTE mqe.TracePrompt @Model = N'{model}', @Prompt = N'The';
GO
-- [mqe.TracePrompt]
EXECUTE mqe.TracePrompt @Model = N'okapi base', @Prompt = N'The knight', @Answer = N'takes';
GO
-- [mqe.WalkPrompt]
EXECUTE mqe.WalkPrompt @Model = N'{model}', @Prompt = N'The';
GO
-- [mqe.WalkPrompt] domains that measured what is public are shared
EXECUTE mqe.WalkPrompt @Model = N'okapi base', @Prompt = N'The knight', @Top = 3;
GO
-- [mqe.DescribeToken]
EXECUTE mqe.DescribeToken @Model = N'{model}', @Token = N'knight';
GO
-- [mqe.DescribeToken]
EXECUTE mqe.DescribeToken @Model = N'okapi base', @Token = N'knight', @Top = 3;
GO
-- [mqe.DiffModels]
EXECUTE mqe.DiffModels @ModelA = N'aardvark', @ModelB = N'{model}';
GO
-- [mqe.DiffModels]
EXECUTE mqe.DiffModels @ModelA = N'{model}', @ModelB = N'aardvark', @Result = 'skills';
GO
-- [mqe.MeasureAblation]
EXECUTE mqe.MeasureAblation @Model = N'{model}', @Components = N'[{"kind": "head", "layer": 0, "index": 1}]', @Domain = N'chess';
GO
-- [mqe.MeasureAblation]
EXECUTE mqe.MeasureAblation @Model = N'aardvark', @Components = N'[{"kind": "head", "layer": 0, "index": 1}]', @Domain = N'{domain}', @Texts = 3;
GO
-- [mqe.MeasureAblation]
EXECUTE mqe.MeasureAblation @Model = N'aardvark', @Components = N'[3000]', @Domain = N'chess', @Texts = 3;
GO
-- [mqe.BuildGraph]
EXECUTE mqe.BuildGraph @Model = N'{model}', @MaximumComponents = 10;
GO
-- [mqe.BuildGraph] on a model of one's own
EXECUTE mqe.BuildGraph @Model = N'aardvark', @MaximumComponents = 10;
GO
-- [mqe.SimilarComponents]
EXECUTE mqe.SimilarComponents @Model = N'{model}', @Kind = 'neuron', @Layer = 0, @Index = 1;
GO
-- [mqe.SimilarComponents]
EXECUTE mqe.SimilarComponents @Component = 3000;
GO
-- [mqe.SimilarComponents]
EXECUTE mqe.SimilarComponents @Model = N'aardvark', @Kind = 'neuron', @Layer = 0, @Index = 1, @OtherModel = N'{model}', @By = 'write';
GO
-- [factory.AssembleAgent]
EXECUTE factory.AssembleAgent @Agent = N'new agent', @Domains = N'chess', @Model = N'{model}';
GO
-- [factory.AssembleAgent]
EXECUTE factory.AssembleAgent @Agent = N'{agent}', @Domains = N'chess', @Model = N'aardvark', @KeepFraction = 0.25;
GO
-- [factory.AssembleAgent]
EXECUTE factory.AssembleAgent @Agent = N'new agent', @Domains = N'{domain}', @Model = N'aardvark';
GO
-- [factory.AssembleAgent]
EXECUTE factory.AssembleAgent @Agent = N'new agent', @Domains = N'chess', @Model = N'okapi base', @KeepFraction = 0.25, @DryRun = 1;
GO
-- [factory.DistillAgent]
EXECUTE factory.DistillAgent @Agent = N'{agent}';
GO
-- [factory.VerifyAgent]
EXECUTE factory.VerifyAgent @Agent = N'{agent}';
GO
-- [factory.ExportAgent]
EXECUTE factory.ExportAgent @Agent = N'{agent}', @Path = N'$(ExportFolder)';
GO
-- [factory.RunAgent]
EXECUTE factory.RunAgent @Agent = N'{agent}', @Prompt = N'The', @MaxTokens = 2;
GO
-- [factory.RunAgent] what is public runs
EXECUTE factory.RunAgent @Agent = N'okapi agent', @Prompt = N'The', @MaxTokens = 4;
GO
-- [factory.MergeModels]
EXECUTE factory.MergeModels @Name = N'new model', @Models = N'[{"model": "aardvark"}, {"model": "{model}"}]';
GO
-- [factory.MergeModels]
EXECUTE factory.MergeModels @Name = N'new model', @Models = N'[{"model": "aardvark"}]', @Method = 'task', @Base = N'{model}';
GO
-- [factory.PatchAgent]
EXECUTE factory.PatchAgent @Agent = N'{agent}';
GO
-- [factory.PatchAgent]
EXECUTE factory.PatchAgent @Agent = N'{agent}', @Action = 'apply', @Patch = N'quiet', @Kind = 'zero', @Components = N'[{"kind": "head", "layer": 0, "index": 0}]';
GO
-- [factory.PatchAgent]
EXECUTE factory.PatchAgent @Agent = N'{agent}', @Action = 'remove', @Patch = N'quagga patch';
GO
-- [factory.PatchAgent]
EXECUTE factory.PatchAgent @Agent = N'aardvark agent', @Action = 'apply', @Patch = N'quagga patch';
GO
-- [factory.PatchAgent] a public agent's patches are seen
EXECUTE factory.PatchAgent @Agent = N'okapi agent';
GO
-- [factory.DropAgent]
EXECUTE factory.DropAgent @Agent = N'{agent}';
GO
-- [factory.ShareAgent]
EXECUTE factory.ShareAgent @Agent = N'{agent}', @Visibility = 'public';
GO
-- [tenancy.AddMember] a principal that the platform knows is not told from one that it does not
EXECUTE tenancy.AddMember @Oid = '{oid}', @Tid = 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb', @Role = 'viewer';
SELECT display_name, role, status FROM tenancy.members WHERE oid = '{oid}';
GO
-- [tenancy.RemoveMember]
EXECUTE tenancy.RemoveMember @Oid = '{oid}', @Tid = 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb';
GO
-- [tenancy.SetRole]
EXECUTE tenancy.SetRole @Oid = '{oid}', @Tid = 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb', @Role = 'viewer';
GO
-- [tenancy.BeginSession] a second session of the connection is refused, whoever it is for
EXECUTE tenancy.BeginSession @Oid = '{oid}', @Tid = 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb', @Tenant = '{tenant}';
GO
-- [tenancy.CurrentTenantId]
SELECT tenancy.CurrentTenantId() AS tenant;
GO
-- [tenancy.CurrentPrincipalId]
SELECT tenancy.CurrentPrincipalId() AS principal;
GO
-- [tenancy.CurrentRole]
SELECT tenancy.CurrentRole() AS role;
GO
-- [ops.ReadChanges]
EXECUTE ops.ReadChanges @Consumer = N'new consumer', @Max = 3;
GO
-- [ops.ReadChanges] a consumer's name belongs to its tenant
EXECUTE ops.ReadChanges @Consumer = N'quagga consumer', @Max = 3;
GO
-- [ops.AcknowledgeChanges]
EXECUTE ops.AcknowledgeChanges @Consumer = N'aardvark consumer', @Sequence = 1;
GO
-- [ops.AcknowledgeChanges]
EXECUTE ops.AcknowledgeChanges @Consumer = N'{consumer}', @Sequence = 1;
GO
-- [ops.UsageStatement]
EXECUTE ops.UsageStatement @Month = '$(Month)';
GO
-- [ops.UsageStatement]
EXECUTE ops.UsageStatement @Month = '$(Month)', @Format = 'json';
GO
-- [ops.VerifyAudit]
EXECUTE ops.VerifyAudit;
GO
-- [safety.PublishConstitution]
EXECUTE safety.PublishConstitution @Rules = N'[{ "name": "{rule}", "kind": "deny_words", "stage": "both", "text": "zebraword" }]';
GO
-- [safety.VerifyChain]
EXECUTE safety.VerifyChain;
GO
-- [safety.ShowRules]
EXECUTE safety.ShowRules @Agent = N'{agent}';
GO
-- [safety.ShowRules]
EXECUTE safety.ShowRules @Agent = N'okapi agent';
GO
-- [safety.AuthorizeTool]
EXECUTE safety.AuthorizeTool @Agent = N'{agent}', @Tool = N'browser';
GO
-- [factory.VerifyBundle] a bundle carries its own proof: it belongs to who holds the folder
EXECUTE factory.VerifyBundle @Path = N'$(ExportFolder)';
GO
-- [factory.RunBundle]
EXECUTE factory.RunBundle @Path = N'$(ExportFolder)', @Prompt = N'The';
GO
-- [market.CreateListing]
EXECUTE market.CreateListing @Title = N'new listing', @Agent = N'{agent}', @License = N'MIT';
GO
-- [market.CreateListing]
EXECUTE market.CreateListing @Title = N'{listing}', @Agent = N'aardvark agent', @License = N'MIT';
GO
-- [market.UpdateListing]
EXECUTE market.UpdateListing @Listing = N'{listing}', @License = N'MIT';
GO
-- [market.Publish]
EXECUTE market.Publish @Listing = N'{listing}';
GO
-- [market.Unpublish]
EXECUTE market.Unpublish @Listing = N'{listing}';
GO
-- [market.Search]
EXECUTE market.Search @Text = N'quagga';
GO
-- [market.Search]
EXECUTE market.Search;
GO
-- [market.Acquire]
EXECUTE market.Acquire @Listing = N'{listing}', @Key = N'a';
GO
-- [market.Cancel]
EXECUTE market.Cancel @Acquisition = '{id}';
GO
-- [market.Refund]
EXECUTE market.Refund @Sale = '{id}';
GO
-- [market.Review]
EXECUTE market.Review @Listing = N'{listing}', @Stars = 5;
GO
-- [market.ReportListing]
EXECUTE market.ReportListing @Listing = N'{listing}', @Kind = 'other', @Text = N'nothing';
GO
-- [market.PostUsage]
EXECUTE market.PostUsage @Month = '$(Month)';
GO
-- [market.ReconcileSales]
EXECUTE market.ReconcileSales @Month = '$(Month)';
GO
