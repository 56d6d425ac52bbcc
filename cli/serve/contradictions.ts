import { shown } from './kinds.ts';
import type { Problem } from './problems.ts';
import { everywhere, SETTINGS, type ServeSettings, type SettingName } from './settings.ts';

/** What is wrong with settings that are each right by themselves. */
export function contradictions(settings: ServeSettings, origins: ReadonlyMap<SettingName, string>): Problem[] {
  const whereIs = (name: SettingName): string => origins.get(name) ?? everywhere(SETTINGS[name]);
  const ownTopic = (name: 'out' | 'deadLetters', others: readonly (string | undefined)[]): Problem[] =>
    settings[name] !== undefined && others.includes(settings[name])
      ? [{ where: whereIs(name), what: `expected a topic of its own, got ${shown(settings[name])} once more` }]
      : [];
  const notWithText = (name: 'field' | 'id'): Problem[] =>
    settings.text && settings[name] !== undefined
      ? [{ where: whereIs(name), what: `expected none, for values are plain text by ${whereIs('text')}` }]
      : [];
  const pair = (one: SettingName, other: SettingName): Problem[] =>
    settings[one] !== undefined && settings[other] === undefined
      ? [{ where: everywhere(SETTINGS[other]), what: `expected what goes with ${whereIs(one)}, got nothing` }]
      : [];
  return [
    ...ownTopic('out', settings.in),
    ...ownTopic('deadLetters', [...settings.in, settings.out]),
    ...notWithText('field'),
    ...notWithText('id'),
    ...pair('username', 'password'),
    ...pair('password', 'username'),
    ...(settings.password === undefined ? pair('saslMechanism', 'username') : []),
    ...pair('sslCert', 'sslKey'),
    ...pair('sslKey', 'sslCert'),
  ];
}
