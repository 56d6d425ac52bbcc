import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig, readConfigFile } from '../../../cli/serve/config-file.ts';
import { SettingsError } from '../../../cli/serve/problems.ts';

const problemsOf = (source: string) =>
  parseConfig(source, 'serve.yaml').problems.map(({ where, what }) => `${where}: ${what}`);

function failureOf(source: string): string {
  try {
    parseConfig(source, 'serve.yaml');
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('it was read');
}

describe('a configuration file', () => {
  it('is read as YAML, and as JSON with tabs', () => {
    const yaml = 'kafka:\n  brokers: [a:1]\n  ssl: { ca: ca.pem }\ngroup: g # ours\nbatch: 7\n';
    const expected = [
      ['kafka.brokers', ['a:1']],
      ['kafka.ssl.ca', 'ca.pem'],
      ['group', 'g'],
      ['batch', 7],
    ];
    expect([...parseConfig(yaml, 'a.yaml').values]).to.deep.equal(expected);
    const json = JSON.stringify(
      { kafka: { brokers: ['a:1'], ssl: { ca: 'ca.pem' } }, group: 'g', batch: 7 },
      undefined,
      '\t',
    );
    expect([...parseConfig(json, 'a.json').values]).to.deep.equal(expected);
  });

  it('may say nothing', () => {
    for (const source of ['', '# nothing yet\n', '{}', 'kafka: {}'])
      expect(parseConfig(source, 'a.yaml')).to.deep.include({ values: new Map(), problems: [] });
  });

  it('takes kafka.ssl as a switch and as a map', () => {
    expect([...parseConfig('kafka: { ssl: true }', 'a').values]).to.deep.equal([['kafka.ssl', true]]);
    expect([...parseConfig('kafka: { ssl: { cert: x } }', 'a').values]).to.deep.equal([['kafka.ssl.cert', 'x']]);
  });

  it('names every key that is unknown, and what there is instead', () => {
    const problems = problemsOf(
      'gruop: g\nkafka: { brokrs: [a:1], ssl: { file: x } }\nkafka.clientId: c\n__proto__: { group: x }',
    );
    expect(problems).to.have.length(5);
    expect(problems[0]).to.match(
      /^serve\.yaml, key gruop: expected one of kafka, group, in, .*, got a key that is none/,
    );
    expect(problems[1]).to.match(/^serve\.yaml, key kafka\.brokrs: expected one of brokers, clientId, ssl, sasl, got/);
    expect(problems[2]).to.match(
      /^serve\.yaml, key kafka\.ssl\.file: expected one of ca, cert, key, rejectUnauthorized/,
    );
    expect(problems[3]).to.match(/^serve\.yaml, key kafka\.clientId: expected one of kafka,/);
    expect(problems[4]).to.match(/^serve\.yaml, key __proto__: /);
    expect(Object.hasOwn(Object.prototype, 'group')).to.equal(false);
  });

  it('wants maps where keys are', () => {
    expect(problemsOf('kafka: alice:geheim@a:9092')).to.deep.equal([
      'serve.yaml, key kafka: expected a map of brokers, clientId, ssl, sasl, got a text',
    ]);
    expect(problemsOf('kafka: { sasl: [plain] }')[0]).to.match(/expected a map of mechanism, username, got a list/);
    expect(problemsOf('- group')[0]).to.match(/^serve\.yaml: expected a map of kafka, group.*, got a list/);
    expect(problemsOf('group')[0]).to.match(/got a text$/);
  });

  it('refuses secrets wherever they stand, and does not show them', () => {
    for (const source of [
      'password: geheim',
      'kafka: { password: geheim }',
      'kafka: { sasl: { password: geheim } }',
      'kafka: { ssl: { passphrase: geheim } }',
      'kafka: { sasl: { Password: { value: geheim } } }',
      'kafka: { sasl: { clientSecret: geheim } }',
    ]) {
      const [problem] = problemsOf(source);
      expect(problem, source)
        .to.match(/assword|passphrase|clientSecret/)
        .and.match(/set LOCKSTEP_KAFKA_PASSWORD/);
      expect(problem).not.to.include('geheim');
    }
  });

  it('is refused with the place where it is no YAML, but not with what stands there', () => {
    expect(failureOf('group: g\ngroup: geheim')).to.equal(
      'serve.yaml: expected YAML or JSON, but duplicate key at line 2, column 1',
    );
    for (const source of [
      'password: "geheim',
      'password: {geheim',
      'password: !geheim x',
      'password: *geheim',
      'kafka: password: geheim',
      'group: a\n---\ngroup: geheim',
      'a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    ])
      expect(failureOf(source), source)
        .to.match(/^serve\.yaml: expected YAML or JSON, but /)
        .and.not.include('geheim');
  });

  it('says so if there is none', async () => {
    const failure = await readConfigFile('no/such/file.yaml').catch((error) => error);
    expect(failure).to.be.instanceOf(SettingsError);
    expect(failure.message).to.equal('no/such/file.yaml: expected a file of settings, but it cannot be read (ENOENT)');
  });

  it('is either read or refused, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.constantFrom('a: ', '- ', '\n', ' ', '{', ']', '&x', '*x', '!t ', '"')),
        ),
        (made) => {
          const source = Array.isArray(made) ? made.join('') : made;
          try {
            parseConfig(source, 'a');
          } catch (error) {
            expect(error).to.be.instanceOf(SettingsError);
          }
        },
      ),
    );
  });
});
