using System;
using System.Data;
using System.Data.Common;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Data;

namespace System.Data.Sql
{
    // tSQLt's sources import the namespace and use nothing of it.
    internal static class Nothing;
}

namespace System.Data.SqlClient
{
    // The part of SqlClient that tSQLt's CLR sources use, over the host's provider.
    public sealed class SqlException(string message, Exception inner) : DbException(message, inner);

    public sealed class SqlInfoMessageEventArgs(string message) : EventArgs
    {
        public string Message { get; } = message;
    }

    public delegate void SqlInfoMessageEventHandler(object sender, SqlInfoMessageEventArgs args);

    public sealed class SqlConnectionStringBuilder : DbConnectionStringBuilder;

    public sealed class SqlConnection : IDisposable
    {
        private NinaConnection? _connection;
        private ClrPipe? _outerPipe;

        public SqlConnection()
        {
        }

        public SqlConnection(string connectionString) => ConnectionString = connectionString;

        public event SqlInfoMessageEventHandler? InfoMessage;

        public string ConnectionString { get; set; } = "";

        public string Database => Inner.Database;

        internal NinaConnection Inner => _connection ?? throw new InvalidOperationException("The connection is closed.");

        public void Open()
        {
            bool isContext = ConnectionString.StartsWith("Context Connection", StringComparison.OrdinalIgnoreCase);

            // A connection of its own goes to the database of the caller: there is no other server here.
            _connection = isContext ? new NinaConnection("Context Connection=True") : new NinaConnection(ClrContext.Session.Database);
            _connection.InfoMessage += (_, args) => InfoMessage?.Invoke(this, new SqlInfoMessageEventArgs(args.Message));
            if (isContext)
            {
                _outerPipe = SqlContext.CallersPipe;
                SqlContext.CallersPipe = ClrContext.Pipe;
            }

            _connection.Open();
        }

        public void Close()
        {
            _connection?.Dispose();
            _connection = null;
            SqlContext.CallersPipe = _outerPipe;
        }

        public void Dispose() => Close();
    }

    public sealed class SqlParameterCollection
    {
        internal System.Collections.Generic.List<(string Name, object Value)> Items { get; } = [];

        public void AddWithValue(string name, object value) => Items.Add((name, value));
    }

    public sealed class SqlCommand
    {
        public SqlConnection Connection { get; set; } = null!;

        public string CommandText { get; set; } = "";

        public CommandType CommandType { get; set; } = CommandType.Text;

        public SqlParameterCollection Parameters { get; } = new();

        public SqlDataReader ExecuteReader(CommandBehavior behavior)
        {
            try
            {
                return new SqlDataReader(Create().ExecuteReader(behavior & ~CommandBehavior.KeyInfo));
            }
            catch (NinaException error)
            {
                throw new SqlException(error.Message, error);
            }
        }

        public int ExecuteNonQuery()
        {
            try
            {
                return Create().ExecuteNonQuery();
            }
            catch (NinaException error)
            {
                throw new SqlException(error.Message, error);
            }
        }

        private NinaCommand Create()
        {
            var command = new NinaCommand(CommandText, Connection.Inner) { CommandType = CommandType, CommandTimeout = 0 };
            foreach ((string name, object value) in Parameters.Items)
            {
                object? plain = value is SqlString text ? (text.IsNull ? DBNull.Value : text.Value) : value;
                command.Parameters.Add(new NinaParameter("@" + name.TrimStart('@'), plain));
            }

            return command;
        }
    }

    public sealed class SqlDataReader(NinaDataReader reader)
    {
        public int FieldCount => reader.FieldCount;

        public bool Read() => Run(reader.Read);

        public bool NextResult() => Run(reader.NextResult);

        public void Close() => Run(() =>
        {
            reader.Close();
            return true;
        });

        public DataTable? GetSchemaTable()
        {
            DataTable? table = reader.GetSchemaTable();
            return table;
        }

        public int GetSqlValues(object[] values) => reader.GetValues(values);

        public bool IsDBNull(int i) => reader.IsDBNull(i);

        public string GetString(int i) => reader.GetString(i);

        public object GetValue(int i) => reader.GetValue(i);

        public DateTime GetDateTime(int i) => reader.GetDateTime(i);

        public DateTimeOffset GetDateTimeOffset(int i) => reader.GetDateTimeOffset(i);

        public SqlDecimal GetSqlDecimal(int i) => reader.GetSqlDecimal(i);

        public SqlDouble GetSqlDouble(int i) => reader.GetDouble(i);

        public SqlBinary GetSqlBinary(int i) => (byte[])reader.GetValue(i);

        private static bool Run(Func<bool> action)
        {
            try
            {
                return action();
            }
            catch (NinaException error)
            {
                throw new SqlException(error.Message, error);
            }
        }
    }
}
