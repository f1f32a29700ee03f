namespace NinaDB.Tds.Protocol;

/// <summary>Type of a packet ([MS-TDS] 2.2.3.1.1).</summary>
internal enum PacketType : byte
{
    SqlBatch = 1,
    OldLogin = 2,
    Rpc = 3,
    TabularResult = 4,
    Attention = 6,
    BulkLoad = 7,
    FederatedAuthenticationToken = 8,
    TransactionManager = 14,
    Login7 = 16,
    Sspi = 17,
    Prelogin = 18,
}

/// <summary>Status bits of a packet ([MS-TDS] 2.2.3.1.2).</summary>
[Flags]
internal enum PacketStatus : byte
{
    Normal = 0,
    EndOfMessage = 1,
    Ignore = 2,
    ResetConnection = 8,
    ResetConnectionSkipTransaction = 16,
}

/// <summary>First byte of a token ([MS-TDS] 2.2.7).</summary>
internal enum Token : byte
{
    ReturnStatus = 0x79,
    ColumnMetadata = 0x81,
    TableNames = 0xA4,
    ColumnInformation = 0xA5,
    Order = 0xA9,
    Error = 0xAA,
    Info = 0xAB,
    ReturnValue = 0xAC,
    LoginAck = 0xAD,
    FeatureExtAck = 0xAE,
    Row = 0xD1,
    NullBitmapRow = 0xD2,
    EnvironmentChange = 0xE3,
    SessionState = 0xE4,
    Sspi = 0xED,
    FederatedAuthenticationInfo = 0xEE,
    Done = 0xFD,
    DoneProcedure = 0xFE,
    DoneInProcedure = 0xFF,
}

/// <summary>Status bits of DONE, DONEINPROC and DONEPROC ([MS-TDS] 2.2.7.6).</summary>
[Flags]
internal enum DoneStatus : ushort
{
    Final = 0,
    More = 1,
    Error = 2,
    InTransaction = 4,
    Count = 0x10,
    Attention = 0x20,
    ServerError = 0x100,
}

/// <summary>What changed in an ENVCHANGE token ([MS-TDS] 2.2.7.9).</summary>
internal enum EnvironmentChange : byte
{
    Database = 1,
    Language = 2,
    PacketSize = 4,
    Collation = 7,
    BeginTransaction = 8,
    CommitTransaction = 9,
    RollbackTransaction = 10,
    ResetCompleted = 18,
}

/// <summary>Feature extensions of LOGIN7 ([MS-TDS] 2.2.6.4).</summary>
internal enum Feature : byte
{
    SessionRecovery = 1,
    FederatedAuthentication = 2,
    ColumnEncryption = 4,
    GlobalTransactions = 5,
    AzureSqlSupport = 8,
    DataClassification = 9,
    Utf8Support = 0x0A,
    AzureSqlDnsCaching = 0x0B,
    JsonSupport = 0x0D,
    VectorSupport = 0x0E,
    Terminator = 0xFF,
}

/// <summary>Encryption as PRELOGIN negotiates it ([MS-TDS] 2.2.6.5).</summary>
internal enum PreloginEncryption : byte
{
    Off = 0,
    On = 1,
    NotSupported = 2,
    Required = 3,
}

/// <summary>Type tokens ([MS-TDS] 2.2.5.4).</summary>
internal static class TypeToken
{
    public const byte Null = 0x1F, Image = 0x22, Text = 0x23, Guid = 0x24, OldVarBinary = 0x25, IntN = 0x26, OldVarChar = 0x27, Date = 0x28, Time = 0x29, DateTime2 = 0x2A,
        DateTimeOffset = 0x2B, OldBinary = 0x2D, OldChar = 0x2F, Int1 = 0x30, Bit = 0x32, Int2 = 0x34, Decimal = 0x37, Int4 = 0x38, DateTime4 = 0x3A, Float4 = 0x3B, Money = 0x3C,
        DateTime = 0x3D, Float8 = 0x3E, Numeric = 0x3F, Variant = 0x62, NText = 0x63, BitN = 0x68, DecimalN = 0x6A, NumericN = 0x6C, FloatN = 0x6D, MoneyN = 0x6E, DateTimeN = 0x6F,
        Money4 = 0x7A, Int8 = 0x7F, VarBinary = 0xA5, VarChar = 0xA7, Binary = 0xAD, Char = 0xAF, NVarChar = 0xE7, NChar = 0xEF, Udt = 0xF0, Xml = 0xF1, Table = 0xF3, Json = 0xF4, Vector = 0xF5;

    /// <summary>Length in TYPE_INFO that announces a partially length-prefixed (max) value.</summary>
    public const ushort PartialLength = 0xFFFF;

    /// <summary>Length of a NULL in variable-length types with a two-byte length.</summary>
    public const ushort NullLength = 0xFFFF;
}

/// <summary>Protocol versions as LOGIN7 gives them ([MS-TDS] 2.2.6.4, 2.2.7.14).</summary>
internal static class TdsVersion
{
    public const uint V70 = 0x70000000, V71 = 0x71000000, V71Revision1 = 0x71000001, V72 = 0x72090002, V73A = 0x730A0003, V73B = 0x730B0003, V74 = 0x74000004, V80 = 0x08000000;

    /// <summary>Position in the history of the protocol, so that versions compare: 70, 71, 72, 730, 731, 74, 80 become 0..6.</summary>
    public static int Rank(uint version) => version switch
    {
        V80 => 6,
        >= V74 => 5,
        >= V73B => 4,
        >= V73A => 3,
        >= V72 => 2,
        >= V71 => 1,
        _ => 0,
    };
}
