-- A trained language model that was ingested, or that the factory made (an agent's weights are a model too).
CREATE TABLE mqe.Model
(
    ModelId int IDENTITY(1, 1) NOT NULL,                  -- Internal key.
    PublicId uniqueidentifier NOT NULL                    -- The id that applications hold.
        CONSTRAINT DF_Model_PublicId DEFAULT (NEWID()),
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_Model_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    OwnerPrincipalId int NOT NULL                         -- Who made it; a private model is seen by this principal and the tenant's owners only.
        CONSTRAINT DF_Model_OwnerPrincipalId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'principal_id'))),
    Visibility varchar(8) NOT NULL                        -- private, tenant or public: who sees it. Set by mqe.ShareModel.
        CONSTRAINT DF_Model_Visibility DEFAULT ('tenant'),
    SharesWeights bit NOT NULL                            -- 1: whoever sees it may read its weights too; 0: only its tenant may.
        CONSTRAINT DF_Model_SharesWeights DEFAULT (0),
    Name nvarchar(200) NOT NULL,                          -- Unique for its owner.
    Kind varchar(10) NOT NULL                             -- source: ingested; agent: made by the factory.
        CONSTRAINT DF_Model_Kind DEFAULT ('source'),
    Architecture nvarchar(128) NOT NULL,                  -- As the model's configuration names it: LlamaForCausalLM, llama (GGUF), ...
    HiddenSize int NULL,                                  -- d. The shape columns are NULL for an architecture that NinaDB only stores.
    LayerCount int NULL,                                  -- L.
    HeadCount int NULL,                                   -- Attention heads a layer.
    KeyValueHeadCount int NULL,                           -- Key/value heads a layer.
    FeedForwardWidth int NULL,                            -- f, the FFN neurons a layer.
    VocabularySize int NULL,                              -- V.
    ContextLength int NULL,                               -- Positions that the model was made for.
    ExpertCount int NULL,                                 -- Experts of a mixture layer, the shared one not counted; NULL for a dense model.
    ExpertsPerToken int NULL,                             -- Experts that run for each token; NULL for a dense model.
    ParameterCount bigint NOT NULL,                       -- Elements of all tensors.
    DataType nvarchar(16) NOT NULL,                       -- The dtype that most of the tensors' bytes have.
    Format varchar(20) NOT NULL,                          -- safetensors or gguf.
    IsRunnable bit NOT NULL,                              -- 1: NinaDB can run the forward pass, so skills can be measured.
    ConfigJson nvarchar(max) NOT NULL,                    -- config.json, or the GGUF metadata as JSON.
    TokenizerKind nvarchar(64) NULL,                      -- byte-level BPE, SentencePiece BPE or unigram; NULL when the model has none that is supported.
    ChatTemplate nvarchar(max) NULL,                      -- The chat template (Jinja) as the model's files have it; kept, not evaluated.
    ContentHash binary(32) NOT NULL,                      -- SHA-256 over the files' SHA-256s in order.
    Status varchar(12) NOT NULL                           -- ready: complete; ingesting rows are never visible outside their transaction.
        CONSTRAINT DF_Model_Status DEFAULT ('ingesting'),
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Model_CreatedAt DEFAULT (SYSUTCDATETIME()),
    MeasuredAt datetime2(3) NULL,                         -- UTC, when skills were last measured.
    CONSTRAINT PK_Model PRIMARY KEY CLUSTERED (ModelId),
    CONSTRAINT UQ_Model_PublicId UNIQUE (PublicId),
    CONSTRAINT UQ_Model_Name UNIQUE (TenantId, Name),
    CONSTRAINT CK_Model_Kind CHECK (Kind IN ('source', 'agent')),
    CONSTRAINT CK_Model_Visibility CHECK (Visibility IN ('private', 'tenant', 'public')),
    CONSTRAINT CK_Model_Status CHECK (Status IN ('ingesting', 'ready'))
);
