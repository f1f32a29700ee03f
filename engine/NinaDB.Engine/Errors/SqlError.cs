namespace NinaDB.Engine.Errors;

/// <summary>One error or informational message as a client sees it.</summary>
/// <param name="Number">SQL Server message number (sys.messages), or 50000 and up for user errors.</param>
/// <param name="Severity">0-10 informational, 11-16 user-correctable, 17-19 resources, 20-25 fatal to the connection.</param>
/// <param name="State">Where in the source of the error it was raised; user-chosen for RAISERROR and THROW.</param>
/// <param name="Message">The text, arguments already substituted.</param>
/// <param name="Line">1-based line within the batch or module; 0 when unknown yet.</param>
/// <param name="Procedure">Two-part name of the module that raised it; null for an ad-hoc batch.</param>
public sealed record SqlError(int Number, byte Severity, byte State, string Message, int Line = 0, string? Procedure = null);
