import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure.ts';
import { HOST } from './ports.ts';
import { CommandMissing, type Runner, run as runCommand } from './processes.ts';

export interface Certificate {
  /** A file with the key (PKCS #8, no password) and the certificate: what Kafka calls a PEM key store. */
  readonly keyStore: string;
  /** A file with the certificate. */
  readonly file: string;
  /** What a client has to trust, as PEM. */
  readonly ca: string;
}

/** Makes a certificate for this machine that signs itself, or takes the one that the folder has. */
export async function certificateIn(folder: string, run: Runner = runCommand): Promise<Certificate> {
  const key = join(folder, 'key.pem');
  const file = join(folder, 'ca.pem');
  const keyStore = join(folder, 'broker.pem');
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before !== undefined) return { keyStore, file, ca: before };

  await mkdir(folder, { recursive: true });
  const { code, stderr } = await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-keyout', key, '-out', file],
    ...['-subj', '/CN=localhost', '-addext', `subjectAltName=IP:${HOST},DNS:localhost`],
  ]).catch((error: unknown) => {
    if (error instanceof CommandMissing) throw new Failure(`TLS needs a certificate, and ${error.message}; install it`);
    throw error;
  });
  if (code !== 0) throw new Failure(`openssl could not make a certificate: ${stderr.trim()}`);
  const ca = await readFile(file, 'utf8');
  await writeFile(keyStore, (await readFile(key, 'utf8')) + ca, { mode: 0o600 });
  return { keyStore, file, ca };
}
