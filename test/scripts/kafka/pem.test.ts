import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Failure } from '../../../scripts/kafka/failure.ts';
import { certificateIn } from '../../../scripts/kafka/pem.ts';
import { CommandMissing, findCommand } from '../../../scripts/kafka/processes.ts';

describe('certificateIn', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rx-lockstep-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes a key and a certificate for this machine, once', async function () {
    if ((await findCommand('openssl')) === undefined) return this.skip(); // the broker's tests need it too
    const certificate = await certificateIn(join(folder, 'tls'));
    const { subjectAltName, publicKey } = new X509Certificate(certificate.ca);
    expect(subjectAltName).to.equal('IP Address:127.0.0.1, DNS:localhost');
    const store = readFileSync(certificate.keyStore, 'utf8');
    expect(store)
      .to.match(/^-----BEGIN PRIVATE KEY-----/)
      .and.to.include(certificate.ca);
    expect(new X509Certificate(certificate.ca).checkPrivateKey(createPrivateKey(store))).to.equal(true);
    expect(publicKey.asymmetricKeyDetails).to.include({ modulusLength: 2048 });
    expect(statSync(certificate.keyStore).mode & 0o077, 'readable by others').to.equal(0);
    expect(await certificateIn(join(folder, 'tls'))).to.deep.equal(certificate);
  });

  it('says what is missing, and what went wrong', async () => {
    const missing = await certificateIn(folder, async (command) => {
      throw new CommandMissing(command);
    }).catch((reason: unknown) => reason);
    expect(missing)
      .to.be.instanceOf(Failure)
      .with.property('message', 'TLS needs a certificate, and there is no command openssl; install it');
    const failed = await certificateIn(folder, async () => ({
      code: 1,
      signal: null,
      stdout: '',
      stderr: 'too old\n',
    })).catch((reason: unknown) => reason);
    expect(failed).to.be.instanceOf(Failure).with.property('message', 'openssl could not make a certificate: too old');
  });
});
