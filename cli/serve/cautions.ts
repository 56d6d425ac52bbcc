import type { Console } from '../console.ts';
import { CONFIG_VARIABLE } from './read-settings.ts';
import { SETTINGS, type ServeSettings } from './settings.ts';

const DEBUG_VARIABLE = 'LOCKSTEP_DEBUG';
const PREFIX = 'LOCKSTEP_';
/** What Kubernetes sets in every container for a service whose name begins with ours. */
const OF_KUBERNETES = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/;

/** What is allowed, but perhaps not meant. */
export function cautions(settings: ServeSettings, env: Console['env']): string[] {
  const { password, ssl, sslRejectUnauthorized, deadLetters } = settings;
  return [
    password !== undefined && !ssl && 'the connection to the brokers is not encrypted, and neither is the password',
    ssl && !sslRejectUnauthorized && 'the certificates of the brokers are not checked',
    deadLetters === undefined && 'there is no topic for dead letters: they are counted and logged, and gone',
    ...unknownVariables(env).map((name) => `the environment variable ${name} is none that is known here`),
  ].filter((caution) => typeof caution === 'string');
}

function unknownVariables(env: Console['env']): string[] {
  const known = new Set([CONFIG_VARIABLE, DEBUG_VARIABLE]);
  for (const { variable, fromFile } of Object.values(SETTINGS)) {
    known.add(variable);
    if (fromFile) known.add(`${variable}_FILE`);
  }
  return Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.has(name) && !OF_KUBERNETES.test(name));
}
