import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { SettingsError } from '../../../cli/serve/problems.ts';
import { type GivenOptions, readSettings, settingNames } from '../../../cli/serve/read-settings.ts';
import { DEFAULTS, SETTINGS, type ServeSettings } from '../../../cli/serve/settings.ts';

const REQUIRED: GivenOptions = { brokers: 'a:1', group: 'g', in: 'documents', out: 'verdicts' };

async function problemsOf(options: GivenOptions, env: Record<string, string> = {}): Promise<string[]> {
  const failure = await readSettings(options, env).catch((error) => error);
  if (!(failure instanceof SettingsError)) return [];
  return failure.problems.map(({ where, what }) => `${where}: ${what}`);
}

describe('the settings of serve', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-serve-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function file(name: string, content: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  it('are the defaults where nothing is said', async () => {
    const { settings, origins } = await readSettings(REQUIRED, {});
    const given = { brokers: ['a:1'], group: 'g', in: ['documents'], out: 'verdicts' };
    expect(settings).to.deep.equal({ ...DEFAULTS, ...given });
    expect([...origins]).to.deep.equal([
      ['brokers', '--brokers'],
      ['group', '--group'],
      ['in', '--in'],
      ['out', '--out'],
    ]);
  });

  it('are those of the command line, else of the environment, else of the file', async () => {
    const values = {
      clock: ['1ms', '2ms', '3ms'],
      batch: ['11', '12', '13'],
      group: ['a', 'b', 'c'],
      field: ['x', 'y', 'z'],
    };
    const given = fc.record({ option: fc.boolean(), variable: fc.boolean(), key: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.record({ clock: given, batch: given, group: given, field: given }), async (where) => {
        const options: Record<string, string> = { brokers: 'a:1', in: 'documents', out: 'verdicts' };
        const env: Record<string, string> = {};
        const lines = ['in: none', '']; // something is in every file
        const expected: Record<string, string | undefined> = {};
        for (const name of ['clock', 'batch', 'group', 'field'] as const) {
          const [first, second, third] = values[name];
          const { option, variable, key } = where[name];
          if (option) options[name] = String(first);
          if (variable) env[SETTINGS[name].variable] = String(second);
          if (key) lines.push(`${name}: ${third}`);
          expected[name] = option ? first : variable ? second : key ? third : undefined;
        }
        const config = await file('precedence.yaml', lines.join('\n'));
        if (expected.group === undefined) expect(await problemsOf({ ...options, config }, env)).to.have.length(1);
        else {
          const { settings } = await readSettings({ ...options, config }, env);
          expect(settings).to.deep.include({
            in: ['documents'],
            group: expected.group,
            field: expected.field,
            batch: Number(expected.batch ?? DEFAULTS.batch),
            clock: Number.parseInt(expected.clock ?? String(DEFAULTS.clock), 10),
          });
        }
      }),
    );
  });

  it('can each come from the environment, under names of their own', async () => {
    const env: Record<string, string> = {
      LOCKSTEP_KAFKA_BROKERS: 'a:1,b:2',
      LOCKSTEP_KAFKA_CLIENT_ID: 'us',
      LOCKSTEP_KAFKA_SSL: 'true',
      LOCKSTEP_KAFKA_SSL_CA: 'ca.pem',
      LOCKSTEP_KAFKA_SSL_CERT: 'cert.pem',
      LOCKSTEP_KAFKA_SSL_KEY: 'key.pem',
      LOCKSTEP_KAFKA_SSL_REJECT_UNAUTHORIZED: 'false',
      LOCKSTEP_KAFKA_SASL_MECHANISM: 'scram-sha-512',
      LOCKSTEP_KAFKA_USERNAME: 'alice',
      LOCKSTEP_KAFKA_PASSWORD: 'geheim',
      LOCKSTEP_GROUP: 'g',
      LOCKSTEP_IN: 'x,y',
      LOCKSTEP_OUT: 'z',
      LOCKSTEP_DEAD_LETTERS: 'dead',
      LOCKSTEP_EXACTLY_ONCE: 'true',
      LOCKSTEP_SESSION_TIMEOUT: '10s',
      LOCKSTEP_TEXT: 'false',
      LOCKSTEP_FIELD: 'a.b',
      LOCKSTEP_ID: 'key',
      LOCKSTEP_MODEL: 'en-news',
      LOCKSTEP_BACKEND: 'wasm',
      LOCKSTEP_CLOCK: '2.5ms',
      LOCKSTEP_BATCH: '8',
      LOCKSTEP_IN_FLIGHT: '16',
      LOCKSTEP_DRAIN: '1m',
      LOCKSTEP_HTTP: 'false',
      LOCKSTEP_LISTEN_PORT: '0',
      LOCKSTEP_LISTEN_HOST: '127.0.0.1',
      LOCKSTEP_LOG: 'pretty',
      LOCKSTEP_LOG_LEVEL: 'debug',
      LOCKSTEP_LOG_DOCUMENTS: 'true',
    };
    const { settings, origins } = await readSettings({}, env);
    const expected: ServeSettings = {
      brokers: ['a:1', 'b:2'],
      clientId: 'us',
      ssl: true,
      sslCa: 'ca.pem',
      sslCert: 'cert.pem',
      sslKey: 'key.pem',
      sslRejectUnauthorized: false,
      saslMechanism: 'scram-sha-512',
      username: 'alice',
      password: 'geheim',
      group: 'g',
      in: ['x', 'y'],
      out: 'z',
      deadLetters: 'dead',
      exactlyOnce: true,
      sessionTimeout: 10_000,
      text: false,
      field: 'a.b',
      id: 'key',
      model: 'en-news',
      backend: 'wasm',
      clock: 2.5,
      batch: 8,
      inFlight: 16,
      drain: 60_000,
      http: false,
      port: 0,
      host: '127.0.0.1',
      log: 'pretty',
      logLevel: 'debug',
      logDocuments: true,
    };
    expect(settings).to.deep.equal(expected);
    expect([...origins.values()]).to.have.members(Object.keys(env));
    expect(settingNames()).to.deep.equal(Object.keys(expected));
  });

  it('take an empty variable for none', async () => {
    const empty = Object.fromEntries(Object.values(SETTINGS).map(({ variable }) => [variable, '']));
    const { settings } = await readSettings(REQUIRED, {
      ...empty,
      LOCKSTEP_CONFIG: '',
      LOCKSTEP_KAFKA_PASSWORD_FILE: '',
    });
    expect(settings.clock).to.equal(DEFAULTS.clock);
  });

  it('come from the file that a variable names, or an option first', async () => {
    const one = await file('one.yaml', 'batch: 1');
    const two = await file('two.json', '{"batch": 2}');
    const env = { LOCKSTEP_CONFIG: one };
    expect((await readSettings(REQUIRED, env)).settings.batch).to.equal(1);
    expect((await readSettings({ ...REQUIRED, config: two }, env)).settings.batch).to.equal(2);
    expect((await problemsOf({ ...REQUIRED, config: join(folder, 'none') })).join()).to.include(
      'cannot be read (ENOENT)',
    );
  });

  it('take encryption as wished if a certificate is named, unless told otherwise', async () => {
    const config = await file('tls.yaml', 'kafka: { ssl: { rejectUnauthorized: false } }');
    expect((await readSettings({ ...REQUIRED, config }, {})).settings.ssl).to.equal(true);
    expect((await readSettings(REQUIRED, { LOCKSTEP_KAFKA_SSL_CA: 'x' })).settings.ssl).to.equal(true);
    const off = { LOCKSTEP_KAFKA_SSL_CA: 'x', LOCKSTEP_KAFKA_SSL: 'false' };
    expect((await readSettings(REQUIRED, off)).settings.ssl).to.equal(false);
  });

  it('have four times as many documents out where transactions are to be filled, unless told otherwise', async () => {
    const inFlight = async (options: GivenOptions) =>
      (await readSettings({ ...REQUIRED, ...options }, {})).settings.inFlight;
    expect(await inFlight({})).to.equal(1024);
    expect(await inFlight({ exactlyOnce: true })).to.equal(4096);
    expect(await inFlight({ exactlyOnce: true, inFlight: '7' })).to.equal(7);
  });

  it('read a name and a password from files, as Docker and Kubernetes hand them out', async () => {
    const username = await file('username', 'alice\n');
    const password = await file('password', ' ge heim \r\n');
    const env = { LOCKSTEP_KAFKA_USERNAME_FILE: username, LOCKSTEP_KAFKA_PASSWORD_FILE: password };
    const { settings } = await readSettings(REQUIRED, env);
    expect(settings).to.include({ username: 'alice', password: ' ge heim ' });
  });

  it('say what is wrong with a secret without showing it', async () => {
    const password = await file('secret', 'geheim');
    const blank = await file('blank', '\n');
    const named = { LOCKSTEP_KAFKA_USERNAME: 'alice' };
    const both = { ...named, LOCKSTEP_KAFKA_PASSWORD: 'geheim', LOCKSTEP_KAFKA_PASSWORD_FILE: password };
    expect(await problemsOf(REQUIRED, both)).to.deep.equal([
      'LOCKSTEP_KAFKA_PASSWORD_FILE: expected either this or LOCKSTEP_KAFKA_PASSWORD, got both',
    ]);
    const missing = { ...named, LOCKSTEP_KAFKA_PASSWORD_FILE: '/no/such/file' };
    expect((await problemsOf(REQUIRED, missing))[0]).to.equal(
      'LOCKSTEP_KAFKA_PASSWORD_FILE: expected a text, got "/no/such/file", which cannot be read',
    );
    expect((await problemsOf(REQUIRED, { ...named, LOCKSTEP_KAFKA_PASSWORD_FILE: blank }))[0]).to.match(
      /expected a text/,
    );
    expect((await problemsOf(REQUIRED, { ...named, LOCKSTEP_KAFKA_PASSWORD: '  ' }))[0]).to.equal(
      'LOCKSTEP_KAFKA_PASSWORD: expected a text, got something else',
    );
  });

  it('say everything that is wrong, wherever it stands, overridden or not', async () => {
    const config = await file(
      'wrong.yaml',
      'batch: "7"\nlogLevel: loud\nkafka: { ssl: [x] }\ngruop: g\npassword: geheim',
    );
    const problems = await problemsOf(
      { ...REQUIRED, config, batch: '8', clock: '5', brokers: 'alice:geheim@a:1' },
      { LOCKSTEP_HTTP: 'maybe', LOCKSTEP_LISTEN_PORT: '99999' },
    );
    expect(problems.map((problem) => problem.replace(folder, ''))).to.have.members([
      `/wrong.yaml, key gruop: expected one of kafka, ${rootKeys()}, got a key that is none of them`,
      '/wrong.yaml, key password: expected no secrets in this file; set LOCKSTEP_KAFKA_PASSWORD, or name a file in LOCKSTEP_KAFKA_PASSWORD_FILE',
      '/wrong.yaml, key kafka.ssl: expected true, false, or a map of ca, cert, key and rejectUnauthorized, got a list ("x")',
      '/wrong.yaml, key batch: expected a whole number of at least 1, got "7"',
      '/wrong.yaml, key logLevel: expected trace, debug, info, warn, error or silent, got "loud"',
      '--brokers: expected brokers as host:port, each once: a list, or with commas between them, got "…@a:1"',
      '--clock: expected a time of at least 1 ms with its unit, such as 5ms, 0.5s or 2m, got "5"',
      'LOCKSTEP_HTTP: expected true or false, got "maybe"',
      'LOCKSTEP_LISTEN_PORT: expected a port from 0 to 65535, got "99999"',
    ]);
  });

  it('name what is missing, and where it can be said', async () => {
    expect(await problemsOf({})).to.deep.equal([
      '--brokers, LOCKSTEP_KAFKA_BROKERS or the key kafka.brokers: expected brokers as host:port, each once: a list, or with commas between them, got nothing',
      '--group, LOCKSTEP_GROUP or the key group: expected a text, got nothing',
      '--in, LOCKSTEP_IN or the key in: expected names of topics, each once: a list, or with commas between them, got nothing',
      '--out, LOCKSTEP_OUT or the key out: expected the name of a topic: letters, digits, dots, dashes and underscores, got nothing',
    ]);
  });

  it('refuse what contradicts itself', async () => {
    for (const [options, env, expected] of [
      [{ out: 'documents' }, {}, ['--out: expected a topic of its own, got "documents" once more']],
      [{ deadLetters: 'verdicts' }, {}, ['--dead-letters: expected a topic of its own, got "verdicts" once more']],
      [{ deadLetters: 'documents' }, {}, ['--dead-letters: expected a topic of its own, got "documents" once more']],
      [{ text: true, id: 'x' }, {}, ['--id: expected none, for values are plain text by --text']],
      [
        { field: 'x' },
        { LOCKSTEP_TEXT: 'true' },
        ['--field: expected none, for values are plain text by LOCKSTEP_TEXT'],
      ],
      [
        {},
        { LOCKSTEP_KAFKA_PASSWORD: 'geheim' },
        [
          'LOCKSTEP_KAFKA_USERNAME, LOCKSTEP_KAFKA_USERNAME_FILE or the key kafka.sasl.username: expected what goes with LOCKSTEP_KAFKA_PASSWORD, got nothing',
        ],
      ],
      [
        {},
        { LOCKSTEP_KAFKA_USERNAME: 'alice', LOCKSTEP_KAFKA_SASL_MECHANISM: 'plain' },
        [
          'LOCKSTEP_KAFKA_PASSWORD or LOCKSTEP_KAFKA_PASSWORD_FILE: expected what goes with LOCKSTEP_KAFKA_USERNAME, got nothing',
        ],
      ],
      [
        {},
        { LOCKSTEP_KAFKA_SASL_MECHANISM: 'plain' },
        [
          'LOCKSTEP_KAFKA_USERNAME, LOCKSTEP_KAFKA_USERNAME_FILE or the key kafka.sasl.username: expected what goes with LOCKSTEP_KAFKA_SASL_MECHANISM, got nothing',
        ],
      ],
      [
        {},
        { LOCKSTEP_KAFKA_SSL_KEY: 'x' },
        [
          'LOCKSTEP_KAFKA_SSL_CERT or the key kafka.ssl.cert: expected what goes with LOCKSTEP_KAFKA_SSL_KEY, got nothing',
        ],
      ],
    ] as const)
      expect(await problemsOf({ ...REQUIRED, ...options }, env)).to.deep.equal(expected);
  });
});

function rootKeys(): string {
  return Object.values(SETTINGS)
    .flatMap(({ key }) => (key === undefined || key.startsWith('kafka.') ? [] : key))
    .join(', ');
}
