// One line a check, as tests/clients/README.md describes.
export const server = {
  host: process.env.NINADB_HOST, port: Number(process.env.NINADB_PORT), user: process.env.NINADB_USER,
  password: process.env.NINADB_PASSWORD, database: process.env.NINADB_DATABASE,
};

export function same(actual, expected, what) {
  const [a, e] = [JSON.stringify(actual, plain), JSON.stringify(expected, plain)];
  if (a !== e) throw new Error(`${what}: expected ${e}, got ${a}`);
}

function plain(_, value) {
  return typeof value === 'bigint' ? value.toString() : value;
}

export async function run(checks) {
  for (const [name, check] of checks) {
    try {
      await check();
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`not ok ${name}: ${String(error && error.message || error).replace(/\n/g, ' ').slice(0, 300)}`);
    }
  }
}
