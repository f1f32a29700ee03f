namespace NinaDB.Tds.Protocol;

/// <summary>The client sent something that is no TDS, or more of it than is allowed. The connection ends.</summary>
internal sealed class TdsProtocolException(string message) : Exception(message);
