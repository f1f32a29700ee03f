// mssql, the pooling client that most Node applications use.
import sql from 'mssql';
import { server, same, run } from './tap.mjs';

const pool = await new sql.ConnectionPool({
  server: server.host, port: server.port, user: server.user, password: server.password, database: server.database,
  options: { encrypt: true, trustServerCertificate: true }, pool: { max: 4 }, connectionTimeout: 20000, requestTimeout: 60000,
}).connect();

await run([
  ['parameters', async () => {
    const result = await pool.request().input('i', sql.Int, 42).input('t', sql.NVarChar, 'Ω 😀').input('d', sql.Decimal(10, 2), 10.5).query('SELECT @i AS i, @t AS t, @d AS d');
    same(result.recordset[0], { i: 42, t: 'Ω 😀', d: 10.5 }, 'values');
  }],
  ['procedure', async () => {
    const result = await pool.request().input('a', sql.Int, 40).output('sum', sql.Int).execute('dbo.AddNumbers');
    same([result.output.sum, result.returnValue], [50, 7], 'default parameter, output and return value');
  }],
  ['results', async () => same((await pool.request().batch('EXECUTE dbo.ThreeResults')).recordsets, [[{ a: 1 }], [{ b: 'zwei', c: 2 }], [{ d: 3.5 }]], 'result sets')],
  ['error', async () => {
    try {
      await pool.request().query('SELECT 1 / 0 AS a');
      throw new Error('no error');
    } catch (error) {
      same(error.number, 8134, 'error number');
    }
  }],
  ['transactions', async () => {
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    await transaction.request().query("INSERT INTO dbo.Work (client, note) VALUES ('mssql', N'lost')");
    await transaction.rollback();
    same((await pool.request().query("SELECT COUNT(*) AS n FROM dbo.Work WHERE client = 'mssql'")).recordset[0].n, 0, 'rows');
  }],
  ['prepared', async () => {
    const statement = new sql.PreparedStatement(pool);
    statement.input('id', sql.Int);
    await statement.prepare('SELECT name FROM dbo.Numbers WHERE id = @id');
    for (const id of [1, 77, 10000]) {
      same((await statement.execute({ id })).recordset, [{ name: `number ${id}` }], 'row');
    }
    await statement.unprepare();
  }],
  ['rows', async () => same((await pool.request().query('SELECT id FROM dbo.Numbers ORDER BY id')).recordset.length, 10000, 'rows')],
  ['bulk', async () => {
    const table = new sql.Table('dbo.Loaded');
    table.columns.add('id', sql.Int, { nullable: false });
    table.columns.add('name', sql.VarChar(50), { nullable: true });
    table.columns.add('amount', sql.Decimal(10, 2), { nullable: true });
    for (let i = 0; i < 300; i++) table.rows.add(i, `mssql ${i}`, i);
    same((await pool.request().bulk(table)).rowsAffected, 300, 'rows');
  }],
  ['parallel', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.request().input('i', sql.Int, i).query('SELECT @i AS i')));
    same(answers.map(a => a.recordset[0].i), Array.from({ length: 20 }, (_, i) => i), 'answers');
  }],
]);
await pool.close();
