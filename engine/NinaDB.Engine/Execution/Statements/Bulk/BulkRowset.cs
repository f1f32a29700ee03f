using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>OPENROWSET(BULK file, FORMATFILE = ...): the rows of a file by a format file, read anew each time they are asked for.</summary>
internal sealed class BulkRowset
{
    private readonly BulkOptions _options;
    private readonly BulkFormat _format;

    /// <summary>Reads the format file. Errors 4838, 4860 and those of format files.</summary>
    public BulkRowset(IReadOnlyDictionary<string, string> options)
    {
        _options = BulkOptions.Parse(options);
        _options.Validate();
        if (_options.DataSource is { } source)
        {
            throw SqlErrors.CreateWithState(12703, 2, source);
        }

        _format = BulkFormat.Load(_options.FormatFile!);
        if (!_format.IsXml && _format.Fields.Any(f => f.HostType == BulkHostType.Decimal))
        {
            throw SqlErrors.Create(4838);
        }
    }

    public IReadOnlyList<BulkRowColumn> Columns => _format.Columns;

    public IEnumerable<SqlValue[]> Rows(ExecutionContext context, SqlValue file)
    {
        string path = file.IsNull ? "" : file.AsString;
        if (!File.Exists(path))
        {
            throw SqlErrors.CreateWithState(4860, 4, path);
        }

        BulkFormat format = _format;
        SessionOptions settings = context.Session.Options.Clone();
        BulkColumn[] columns = [.. format.Columns.Select((c, i) =>
            new BulkColumn(new ColumnDefinition { ColumnId = i + 1, Name = c.Name, Type = c.Type }, "", settings, format.Fields[c.Field].HostType))];
        using FileStream data = BulkLoadOperation.Open(path);
        IBulkReader reader = _options.IsCsv
            ? BulkLoadOperation.Text(null, data, _options, format.Fields.Length, path)
            : new BulkFileReader(data, format, _options.Encoding, _options.PrefersEncoding);
        int failures = 0;
        while (BulkLoadOperation.ReadRow(reader) is { } source && reader.Row <= _options.LastRow)
        {
            if (reader.Row < _options.FirstRow)
            {
                continue;
            }

            if (Convert(format, columns, source, reader.Row, out SqlValue[] row) is not { } error)
            {
                yield return row;
                continue;
            }

            failures++;
            if (failures > _options.MaximumErrors)
            {
                throw BulkLoadOperation.Failed(_options.MaximumErrors == 0 ? [error.Error] : [error.Error, SqlErrors.Create(4865, _options.MaximumErrors).Error]);
            }

            context.Session.Running?.SendRowError(error.Error);
        }
    }

    private static SqlErrorException? Convert(BulkFormat format, BulkColumn[] columns, BulkValue[] source, long number, out SqlValue[] row)
    {
        row = new SqlValue[columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            int field = format.Columns[i].Field;
            row[i] = SqlValue.Null;
            if (!source[field].IsNull && columns[i].Convert(source[field], number, field + 1, out row[i]) is { } error)
            {
                return error;
            }
        }

        return null;
    }
}
