namespace NinaDB.Clr.Errors;

/// <summary>Every error number that this assembly raises. 510xx storage, 511xx JSON, 512xx safetensors, 513xx GGUF, 514xx tensors, 515xx tokenizers, 516xx models, 517xx capabilities, 518xx distillation, 519xx bundles and signatures.</summary>
public static class ErrorNumber
{
    /// <summary>An argument of a call is out of its range.</summary>
    public const int InvalidArgument = 51000;

    /// <summary>A file or folder does not exist.</summary>
    public const int FileNotFound = 51001;

    /// <summary>A file exists and cannot be read.</summary>
    public const int FileUnreadable = 51002;

    /// <summary>A file changed while it was in use, or is not the file that was expected.</summary>
    public const int FileChanged = 51003;

    /// <summary>A peek reaches outside the file or the tensor.</summary>
    public const int PeekOutOfRange = 51004;

    /// <summary>A segment was used after it was closed.</summary>
    public const int SegmentClosed = 51005;

    /// <summary>Content does not have the SHA-256 that it should have.</summary>
    public const int HashMismatch = 51006;

    /// <summary>A file could not be written (disk full, access denied).</summary>
    public const int WriteFailed = 51007;

    /// <summary>A file is empty.</summary>
    public const int FileEmpty = 51008;

    /// <summary>The folder or file is not in a format that can be read.</summary>
    public const int UnknownFormat = 51009;

    /// <summary>JSON text breaks the grammar of RFC 8259.</summary>
    public const int JsonSyntax = 51100;

    /// <summary>JSON text is nested too deeply.</summary>
    public const int JsonTooDeep = 51101;

    /// <summary>JSON text is too large or has too many values.</summary>
    public const int JsonTooLarge = 51102;

    /// <summary>A JSON object has the same key twice.</summary>
    public const int JsonDuplicateKey = 51103;

    /// <summary>A JSON value is missing or has the wrong type or range.</summary>
    public const int JsonValue = 51104;

    /// <summary>A safetensors file ends before its header does.</summary>
    public const int SafetensorsTruncated = 51200;

    /// <summary>A safetensors header is longer than the file or than the format allows.</summary>
    public const int SafetensorsHeaderLength = 51201;

    /// <summary>A safetensors header has a missing, unknown or mistyped field.</summary>
    public const int SafetensorsHeader = 51202;

    /// <summary>A safetensors header names an unknown data type.</summary>
    public const int SafetensorsDType = 51203;

    /// <summary>A shape has a negative dimension, too many dimensions, or overflows.</summary>
    public const int SafetensorsShape = 51204;

    /// <summary>The data offsets of a tensor are outside the file or reversed.</summary>
    public const int SafetensorsOffsets = 51205;

    /// <summary>The length of a tensor's data is not what its shape and type need.</summary>
    public const int SafetensorsLength = 51206;

    /// <summary>Two tensors share bytes.</summary>
    public const int SafetensorsOverlap = 51207;

    /// <summary>Bytes of the data section belong to no tensor.</summary>
    public const int SafetensorsHole = 51208;

    /// <summary>A tensor name occurs twice, in one file or in two shards.</summary>
    public const int DuplicateTensor = 51209;

    /// <summary>model.safetensors.index.json and the shards disagree.</summary>
    public const int ShardIndex = 51210;

    /// <summary>A safetensors header does not start with '{'.</summary>
    public const int SafetensorsHeaderStart = 51211;

    /// <summary>A safetensors header is not valid UTF-8.</summary>
    public const int SafetensorsHeaderText = 51212;

    /// <summary>A safetensors header is longer than the 100 MB that the format allows.</summary>
    public const int SafetensorsHeaderTooLarge = 51213;

    /// <summary><c>__metadata__</c> is not an object of strings.</summary>
    public const int SafetensorsMetadata = 51214;

    /// <summary>A shard of a model is missing.</summary>
    public const int ShardMissing = 51215;

    /// <summary>What should be written as safetensors cannot be: a type that the format lacks, a name twice, data of another length.</summary>
    public const int SafetensorsWrite = 51216;

    /// <summary>A file does not start with the GGUF magic number.</summary>
    public const int GgufMagic = 51300;

    /// <summary>A GGUF version that cannot be read (2 and 3 can).</summary>
    public const int GgufVersion = 51301;

    /// <summary>A GGUF file ends inside its header.</summary>
    public const int GgufTruncated = 51302;

    /// <summary>A count or length in a GGUF header cannot be true of a file of this size.</summary>
    public const int GgufCount = 51303;

    /// <summary>An unknown GGUF metadata type.</summary>
    public const int GgufMetadataType = 51304;

    /// <summary>A GGUF metadata key occurs twice.</summary>
    public const int GgufDuplicateKey = 51305;

    /// <summary>An unknown GGUF tensor type.</summary>
    public const int GgufTensorType = 51306;

    /// <summary>A GGUF tensor shape has too many dimensions, overflows, or does not fill whole blocks.</summary>
    public const int GgufShape = 51307;

    /// <summary>A GGUF tensor lies outside the file, or is misaligned.</summary>
    public const int GgufOffset = 51308;

    /// <summary>Two GGUF tensors share bytes.</summary>
    public const int GgufOverlap = 51309;

    /// <summary>An invalid GGUF alignment.</summary>
    public const int GgufAlignment = 51310;

    /// <summary>A GGUF key or tensor name is not valid UTF-8 or too long.</summary>
    public const int GgufName = 51311;

    /// <summary>GGUF metadata is missing or has another type than the reader needs.</summary>
    public const int GgufMetadata = 51312;

    /// <summary>The parts of a split GGUF file do not fit together, or one is missing.</summary>
    public const int GgufSplit = 51313;

    /// <summary>A big-endian GGUF file.</summary>
    public const int GgufBigEndian = 51314;

    /// <summary>What should be written as GGUF cannot be: a type that the format lacks, a name twice, data of another length, text that was not UTF-8.</summary>
    public const int GgufWrite = 51315;

    /// <summary>A model cannot be converted to the other format: architecture or tokenizer have no equal there.</summary>
    public const int FormatConversion = 51316;

    /// <summary>A data type that this version cannot decode to numbers.</summary>
    public const int DTypeNotDecodable = 51400;

    /// <summary>Shapes that do not fit together.</summary>
    public const int ShapeMismatch = 51401;

    /// <summary>A matrix that should be positive definite is not.</summary>
    public const int NotPositiveDefinite = 51402;

    /// <summary>No such tensor.</summary>
    public const int TensorNotFound = 51403;

    /// <summary>A packed data type whose order of bits its format does not define: only its bytes can be read.</summary>
    public const int DTypePackingUndefined = 51404;

    /// <summary>A data type that numbers cannot be written as.</summary>
    public const int DTypeNotEncodable = 51405;

    /// <summary>A NaN or an infinity where a block of quantised numbers should be written.</summary>
    public const int NotQuantizable = 51406;

    /// <summary>A kind of tokenizer, normaliser or pre-tokenizer that is not supported.</summary>
    public const int TokenizerUnsupported = 51500;

    /// <summary>A tokenizer definition that contradicts itself or lacks a part.</summary>
    public const int TokenizerInvalid = 51501;

    /// <summary>The tokenizer does not fit the model's vocabulary.</summary>
    public const int TokenizerMismatch = 51502;

    /// <summary>A token id outside the vocabulary.</summary>
    public const int TokenOutOfRange = 51503;

    /// <summary>A text that is too long to tokenize.</summary>
    public const int TextTooLong = 51504;

    /// <summary>A text that the vocabulary cannot express.</summary>
    public const int TextNotEncodable = 51505;

    /// <summary>A model has no tokenizer.</summary>
    public const int TokenizerMissing = 51506;

    /// <summary>A pattern of a tokenizer that is malformed, or uses what is not supported.</summary>
    public const int PatternUnsupported = 51507;

    /// <summary>A pattern of a tokenizer that takes too long on a text.</summary>
    public const int PatternTooCostly = 51508;

    /// <summary>A tokenizer.model (SentencePiece) whose bytes cannot be read.</summary>
    public const int SentencePieceInvalid = 51509;

    /// <summary>A tokenizer that GGUF has no name for, so that no GGUF file can hold it.</summary>
    public const int TokenizerNotInGguf = 51510;

    /// <summary>An architecture, or a feature of one, whose forward pass is not supported. The model still opens as tensors.</summary>
    public const int ArchitectureUnsupported = 51600;

    /// <summary>A model's configuration lacks a value, or has one that cannot be.</summary>
    public const int ConfigInvalid = 51601;

    /// <summary>A model lacks a tensor that its architecture needs.</summary>
    public const int TensorMissing = 51602;

    /// <summary>A tensor does not have the shape that the configuration asks for.</summary>
    public const int TensorShape = 51603;

    /// <summary>More tokens than the model's context holds.</summary>
    public const int ContextExceeded = 51604;

    /// <summary>A model is larger than the memory that it may take.</summary>
    public const int ModelTooLarge = 51605;

    /// <summary>A layer is a mixture of experts, and what was asked for is possible for dense layers only.</summary>
    public const int MixtureUnsupported = 51606;

    /// <summary>A model cannot be written in the format that was asked for: the format has no way to say what the model does.</summary>
    public const int NotExpressible = 51607;

    /// <summary>No probe text, or none that has a token.</summary>
    public const int ProbeEmpty = 51700;

    /// <summary>A skill needs texts of at least two domains.</summary>
    public const int ProbeOneDomain = 51701;

    /// <summary>No such probe session, or it was evicted.</summary>
    public const int ProbeSessionUnknown = 51702;

    /// <summary>A query text has no token that the model knows.</summary>
    public const int QueryEmpty = 51703;

    /// <summary>No such component.</summary>
    public const int ComponentUnknown = 51704;

    /// <summary>Stored data of this assembly (a probe result, a text embedding) is corrupt or of another model.</summary>
    public const int StoredDataInvalid = 51705;

    /// <summary>The folder or file where a probe keeps what it has measured cannot be used.</summary>
    public const int ProbeStorageFailed = 51706;

    /// <summary>A question about a text that has no token.</summary>
    public const int QuestionEmpty = 51730;

    /// <summary>A position outside the prompt.</summary>
    public const int PositionOutOfRange = 51731;

    /// <summary>Components that cannot be removed: none were named, or so many that nothing is left to compare them with.</summary>
    public const int AblationImpossible = 51732;

    /// <summary>An agent would keep no neuron of a layer, or more than there are.</summary>
    public const int KeepCount = 51800;

    /// <summary>No calibration text.</summary>
    public const int CalibrationEmpty = 51801;

    /// <summary>Two models cannot be combined: architecture, shapes or tokenizer differ.</summary>
    public const int ModelsDiffer = 51802;

    /// <summary>A patch (a delta over weights) that is malformed, or that names what no patch can change.</summary>
    public const int PatchInvalid = 51803;

    /// <summary>A patch does not fit the model: there is no such weight, or its shape is another.</summary>
    public const int PatchMismatch = 51804;

    /// <summary>A LoRA adapter whose configuration or tensors are missing, contradict each other, or cannot be.</summary>
    public const int AdapterInvalid = 51805;

    /// <summary>A LoRA adapter that uses a feature which is not supported.</summary>
    public const int AdapterUnsupported = 51806;

    /// <summary>A budget is smaller than the parts of a model that cannot be dropped.</summary>
    public const int BudgetTooSmall = 51807;

    /// <summary>An exported model does not compute what the model in the database does.</summary>
    public const int ExportDiffers = 51808;

    /// <summary>An architecture, or a feature of one, that cannot be distilled.</summary>
    public const int DistillationUnsupported = 51809;

    /// <summary>A folder is no signed agent: agent.json is missing, malformed, or of a format that is not known.</summary>
    public const int BundleInvalid = 51900;

    /// <summary>A file of a signed agent was altered, removed or added.</summary>
    public const int BundleAltered = 51901;

    /// <summary>A signature is missing, or does not fit what it should sign.</summary>
    public const int SignatureInvalid = 51902;

    /// <summary>A signature was made with a key that is not among the trusted ones.</summary>
    public const int SignatureKeyUnknown = 51903;

    /// <summary>A key that cannot be read, or is too short.</summary>
    public const int KeyInvalid = 51904;
}
