import { expect } from 'chai';
import { cautions } from '../../../cli/serve/cautions.ts';
import { DEFAULTS } from '../../../cli/serve/settings.ts';

const SAFE = { ...DEFAULTS, deadLetters: 'dead' };

describe('cautions of serve', () => {
  it('are none where all is as it should be', () => {
    expect(
      cautions(SAFE, { PATH: '/bin', LOCKSTEP_GROUP: 'g', LOCKSTEP_CONFIG: 'x', LOCKSTEP_DEBUG: '1' }),
    ).to.deep.equal([]);
    expect(cautions({ ...SAFE, ssl: true, username: 'a', password: 'b' }, {})).to.deep.equal([]);
  });

  it('warn of a password in the clear, of unchecked certificates, and of letters that are gone', () => {
    expect(cautions({ ...SAFE, password: 'geheim' }, {}).join())
      .to.match(/not encrypted/)
      .and.not.include('geheim');
    expect(cautions({ ...SAFE, ssl: true, sslRejectUnauthorized: false }, {}).join()).to.match(/not checked/);
    expect(cautions(DEFAULTS, {}).join()).to.match(/no topic for dead letters/);
  });

  it('warn of variables that nobody reads, but not of those that Kubernetes sets', () => {
    const env = {
      LOCKSTEP_GRUOP: 'geheim',
      LOCKSTEP_KAFKA_PASSWORD_FILE: 'x',
      LOCKSTEP_GROUP_FILE: 'x',
      LOCKSTEP_PORT: 'tcp://10.0.0.1:80',
      LOCKSTEP_PORT_80_TCP: 'tcp://10.0.0.1:80',
      LOCKSTEP_PORT_80_TCP_ADDR: '10.0.0.1',
      LOCKSTEP_SERVICE_HOST: '10.0.0.1',
      LOCKSTEP_API_SERVICE_PORT_HTTP: '80',
    };
    const found = cautions(SAFE, env).join('; ');
    expect(found).to.equal(
      'the environment variable LOCKSTEP_GRUOP is none that is known here; the environment variable LOCKSTEP_GROUP_FILE is none that is known here',
    );
  });
});
