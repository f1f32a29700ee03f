namespace NinaDB.Cli.Output;

/// <summary>How result sets are printed.</summary>
internal enum OutputFormat
{
    Table,
    Csv,
    Json,
}
