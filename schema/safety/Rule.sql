-- A rule of a version of a constitution.
CREATE TABLE safety.[Rule]
(
    RuleId int IDENTITY(1, 1) NOT NULL,                   -- Internal key.
    ConstitutionId int NOT NULL,                          -- The version that it belongs to.
    TenantId int NULL,                                    -- As in safety.Constitution.
    Ordinal int NOT NULL,                                 -- 1, 2, 3, ... in its version; the order in which rules are checked.
    Name nvarchar(100) NOT NULL,                          -- What errors and reports call it.
    Kind varchar(20) NOT NULL,                            -- deny_words, deny_regex, deny_similar, max_tokens, allow_tools or require_disclosure.
    Stage varchar(6) NOT NULL,                            -- prompt, output or both.
    Text nvarchar(max) NULL,                              -- Words, pattern, example or disclosure; NULL for kinds that have parameters only.
    Parameters nvarchar(max) NOT NULL,                    -- JSON object: limit, threshold, tools, position.
    CONSTRAINT PK_Rule PRIMARY KEY CLUSTERED (RuleId),
    CONSTRAINT UQ_Rule_Ordinal UNIQUE (ConstitutionId, Ordinal),
    CONSTRAINT UQ_Rule_Name UNIQUE (ConstitutionId, Name),
    CONSTRAINT FK_Rule_Constitution FOREIGN KEY (ConstitutionId) REFERENCES safety.Constitution (ConstitutionId),
    CONSTRAINT CK_Rule_Kind CHECK (Kind IN ('deny_words', 'deny_regex', 'deny_similar', 'max_tokens', 'allow_tools', 'require_disclosure')),
    CONSTRAINT CK_Rule_Stage CHECK (Stage IN ('prompt', 'output', 'both')),
    CONSTRAINT CK_Rule_Parameters CHECK (ISJSON(Parameters) = 1)
);
GO
DENY INSERT, UPDATE, DELETE, ALTER ON OBJECT::safety.[Rule] TO public;
