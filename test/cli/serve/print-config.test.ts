import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../../cli/serve/config-file.ts';
import { printConfig } from '../../../cli/serve/print-config.ts';
import { type GivenOptions, readSettings } from '../../../cli/serve/read-settings.ts';
import { SETTINGS } from '../../../cli/serve/settings.ts';

const REQUIRED: GivenOptions = { brokers: 'a:1', group: 'g', in: 'documents', out: 'verdicts' };

describe('--print-config', () => {
  it('shows each setting and where it is from, and no password', async () => {
    const env = { LOCKSTEP_KAFKA_USERNAME: 'alice', LOCKSTEP_KAFKA_PASSWORD: 'geheim', LOCKSTEP_DRAIN: '1m' };
    const printed = printConfig(await readSettings({ ...REQUIRED, http: false, inFlight: '16' }, env));
    expect(printed.split('\n')).to.deep.equal([
      'kafka:',
      '  brokers: [ a:1 ] # --brokers',
      '  clientId: lockstep # default',
      '  ssl: false # default',
      '  sasl:',
      '    username: alice # LOCKSTEP_KAFKA_USERNAME',
      'group: g # --group',
      'in: [ documents ] # --in',
      'out: verdicts # --out',
      'exactlyOnce: false # default',
      'sessionTimeout: 30s # default',
      'text: false # default',
      'clock: 5ms # default',
      'batch: 64 # default',
      'inFlight: 16 # --in-flight',
      'drain: 60s # LOCKSTEP_DRAIN',
      'http: false # --no-http',
      'port: 8080 # default',
      'logLevel: info # default',
      'logDocuments: false # default',
      '',
      '# password: set by LOCKSTEP_KAFKA_PASSWORD',
      '',
    ]);
  });

  it('shows encryption as a map', async () => {
    const printed = printConfig(
      await readSettings(REQUIRED, { LOCKSTEP_KAFKA_SSL: 'true', LOCKSTEP_KAFKA_SSL_CA: 'ca.pem' }),
    );
    expect(printed).to.include(
      '  ssl:\n    ca: ca.pem # LOCKSTEP_KAFKA_SSL_CA\n    rejectUnauthorized: true # default\n',
    );
  });

  it('can be used as a file of settings, which then says the same', async () => {
    const name = fc.stringMatching(/^[\w.: #'"-]{1,20}$/).filter((value) => value.trim() !== '');
    const given = fc.record(
      {
        group: name,
        field: name,
        model: name,
        clientId: name,
        sslCa: name,
        ssl: fc.boolean().map(String),
        in: fc.uniqueArray(fc.constantFrom('a', 'b', 'true', '1'), { minLength: 1 }).map(String),
        clock: fc.integer({ min: 1, max: 1e6 }).map((ms) => `${ms}ms`),
        batch: fc.integer({ min: 1 }).map(String),
        http: fc.boolean().map(String),
      },
      { requiredKeys: ['group', 'in'] },
    );
    await fc.assert(
      fc.asyncProperty(given, async (values) => {
        const env = Object.fromEntries(
          Object.entries(values).map(([key, value]) => {
            const [, setting] = Object.entries(SETTINGS).find(([each]) => each === key) ?? [];
            return [setting?.variable ?? '', value];
          }),
        );
        const effective = await readSettings({ brokers: 'a:1,b:2', out: 'out' }, env);
        const { values: read, problems } = parseConfig(printConfig(effective), 'printed.yaml');
        expect(problems).to.deep.equal([]);
        for (const [each, { key = '', kind }] of Object.entries(SETTINGS)) {
          const [, value] = Object.entries(effective.settings).find(([one]) => one === each) ?? [];
          if (read.has(key)) expect(kind.check(read.get(key)), key).to.deep.equal(value);
          else expect(value === undefined || each.startsWith('ssl'), key).to.equal(true);
        }
      }),
    );
  });
});
