// tedious, the TDS client of Node that other libraries build on.
import { Connection, Request, TYPES } from 'tedious';
import { server, same, run } from './tap.mjs';

const strict = process.env.NINADB_ENCRYPT === 'strict';
const client = strict ? 'tedious strict' : 'tedious';
const connection = new Connection({
  server: server.host,
  authentication: { type: 'default', options: { userName: server.user, password: server.password } },
  options: {
    port: server.port, database: server.database, encrypt: strict ? 'strict' : true, trustServerCertificate: true, requestTimeout: 60000, connectTimeout: 20000,
    useUTC: true, cryptoCredentialsDetails: strict ? { ca: process.env.NINADB_CAFILE && (await import('node:fs')).readFileSync(process.env.NINADB_CAFILE) } : undefined,
  },
});
await new Promise((done, failed) => {
  connection.on('error', () => {});
  connection.connect(error => (error ? failed(error) : done()));
});

// Every result set of a batch or procedure, its output parameters and its return value.
function execute(sql, { parameters = [], procedure = false, cancelAfter, batch = false, prepare } = {}) {
  return new Promise((done, failed) => {
    const results = [];
    const output = {};
    let returned;
    let affected;
    const request = new Request(sql, (error, count) => {
      affected = count;
      error ? failed(error) : done({ results, output, returned, affected });
    });
    request.on('columnMetadata', columns => results.push({ columns, rows: [] }));
    request.on('row', row => results.at(-1).rows.push(row.map(c => c.value)));
    request.on('returnValue', (name, value) => { output[name] = value; });
    request.on('doneProc', (count, more, status) => { returned = status; });
    for (const [name, type, value, options] of parameters) {
      options?.output ? request.addOutputParameter(name, type, value) : request.addParameter(name, type, value, options);
    }
    if (procedure) connection.callProcedure(request);
    else if (batch) connection.execSqlBatch(request);
    else connection.execSql(request);
    if (cancelAfter) setTimeout(() => connection.cancel(), cancelAfter);
  });
}

const first = async (sql, options) => (await execute(sql, options)).results[0].rows[0];
const transaction = (work) => new Promise((done, failed) => connection[work](error => (error ? failed(error) : done())));

async function fails(promise, number) {
  try {
    await promise;
  } catch (error) {
    same(error.number, number, 'error number');
    return error;
  }
  throw new Error('no error');
}

await run([
  ['types', async () => {
    same(await first('SELECT c_bit, c_tinyint, c_smallint, c_int, c_bigint, c_real, c_float, c_money, c_smallmoney FROM dbo.EveryType'),
      [true, 255, -32768, 2147483647, '9223372036854775807', 1.5, -2.25e100, 12345.6789, -1.25], 'numbers');
    const row = await first('SELECT c_date, c_datetime, c_smalldatetime, c_datetime2, c_datetimeoffset, c_char, c_varchar, c_nvarchar, c_uniqueidentifier FROM dbo.EveryType');
    same(row, ['2024-02-29T00:00:00.000Z', '2024-02-29T12:34:56.123Z', '2024-02-29T12:35:00.000Z', '2024-02-29T12:34:56.123Z', '2024-02-29T10:34:56.123Z',
      'abc  ', 'abc', 'Ωmega', '6F9619FF-8B86-D011-B42D-00C04FC964FF'], 'others');
    same([...(await first('SELECT c_varbinary FROM dbo.EveryType'))[0]], [0, 255, 16], 'bytes');
  }],
  ['nulls', async () => same((await first('SELECT * FROM dbo.EveryNull')).filter(v => v !== null), [], 'values')],
  ['unicode', async () => same(await first('SELECT @t', { parameters: [['t', TYPES.NVarChar, 'Ω € 한글 😀']] }), ['Ω € 한글 😀'], 'text')],
  ['max', async () => {
    const row = await first("SELECT REPLICATE(CAST(N'ж' AS nvarchar(max)), 100000), CAST(REPLICATE(CAST('a' AS varchar(max)), 1000000) AS varbinary(max))");
    same([row[0].length, row[1].length, row[1][999999]], [100000, 1000000, 97], 'lengths');
    same((await first('SELECT LEN(@t)', { parameters: [['t', TYPES.NVarChar, 'x'.repeat(300000)]] }))[0], '300000', 'sent');
  }],
  ['parameters', async () => {
    const moment = new Date(Date.UTC(2024, 1, 29, 12, 0, 0, 7));
    same(await first('SELECT @i, @f, @s, @n, @d, @b, @u', { parameters: [
      ['i', TYPES.Int, 42], ['f', TYPES.Float, -1.25], ['s', TYPES.VarChar, 'text'], ['n', TYPES.Int, null], ['d', TYPES.DateTime2, moment],
      ['b', TYPES.Bit, true], ['u', TYPES.UniqueIdentifier, '6F9619FF-8B86-D011-B42D-00C04FC964FF']] }),
      [42, -1.25, 'text', null, moment, true, '6F9619FF-8B86-D011-B42D-00C04FC964FF'], 'values');
  }],
  ['error', async () => {
    const error = await fails(execute('SELECT\n 1 / 0'), 8134);
    same(error.message, 'Divide by zero error encountered.', 'text');
    same(error.lineNumber, 1, 'line');
    same(await first('SELECT 5'), [5], 'after the error');
  }],
  ['throw', async () => fails(execute('dbo.Fail', { procedure: true }), 50042)],
  ['transactions', async () => {
    await transaction('beginTransaction');
    await execute(`INSERT INTO dbo.Work (client, note) VALUES ('${client}', N'kept')`);
    await transaction('commitTransaction');
    await transaction('beginTransaction');
    await execute(`INSERT INTO dbo.Work (client, note) VALUES ('${client}', N'lost')`);
    await transaction('rollbackTransaction');
    same((await execute(`SELECT note FROM dbo.Work WHERE client = '${client}'`)).results[0].rows, [['kept']], 'rows');
  }],
  ['procedure', async () => {
    const call = await execute('dbo.AddNumbers', { procedure: true, parameters: [['a', TYPES.Int, 40], ['b', TYPES.Int, 2], ['sum', TYPES.Int, null, { output: true }]] });
    same([call.output.sum, call.returned], [42, 7], 'output and return value');
  }],
  ['results', async () => {
    const call = await execute('EXECUTE dbo.ThreeResults', { batch: true });
    same(call.results.map(r => r.rows), [[[1]], [['zwei', 2]], [[3.5]]], 'result sets');
  }],
  ['rows', async () => {
    const { rows } = (await execute('SELECT id, name FROM dbo.Numbers ORDER BY id')).results[0];
    same([rows.length, rows[9998]], [10000, [9999, 'number 9999']], 'rows');
  }],
  ['rowcount', async () => same((await execute('UPDATE dbo.Numbers SET name = name WHERE id <= 25')).affected, 25, 'rows affected')],
  ['cancel', async () => {
    const began = Date.now();
    try {
      await execute("WAITFOR DELAY '00:00:30'", { batch: true, cancelAfter: 500 });
      throw new Error('not cancelled');
    } catch (error) {
      if (error.code !== 'ECANCEL') throw error;
    }
    if (Date.now() - began > 10000) throw new Error('took too long');
    same(await first('SELECT 6'), [6], 'after the cancel');
  }],
  ['bulk', async () => {
    const count = await new Promise((done, failed) => {
      const load = connection.newBulkLoad('dbo.Loaded', (error, rows) => (error ? failed(error) : done(rows)));
      load.addColumn('id', TYPES.Int, { nullable: false });
      load.addColumn('name', TYPES.VarChar, { length: 50, nullable: true });
      load.addColumn('amount', TYPES.Decimal, { precision: 10, scale: 2, nullable: true });
      connection.execBulkLoad(load, Array.from({ length: 500 }, (_, i) => [i, `${client}: ${i}`, i + 0.5]));
    });
    same(count, 500, 'rows');
    same(await first(`SELECT COUNT(*), SUM(amount) FROM dbo.Loaded WHERE name LIKE '${client}: %'`), [500, 125000], 'loaded');
  }],
]);
connection.close();
