import { Document } from 'yaml';
import { type EffectiveSettings, isSecret, settingNames } from './read-settings.ts';
import { SETTINGS, type ServeSettings, type Setting, type SettingName } from './settings.ts';

const SSL = 'kafka.ssl';

/**
 * The effective settings as a configuration file, each with a comment that says where it is from. Of secrets it says only that
 * they are set.
 */
export function printConfig(effective: EffectiveSettings): string {
  const document = new Document({});
  for (const name of settingNames()) put(document, name, effective);
  return document.toString({ lineWidth: 0 });
}

function put<N extends SettingName>(document: Document, name: N, { settings, origins }: EffectiveSettings): void {
  const setting: Setting<NonNullable<ServeSettings[N]>> = SETTINGS[name];
  const value = settings[name];
  const origin = origins.get(name) ?? 'default';
  if (value === undefined) return;
  if (isSecret(setting)) document.comment = ` ${name}: set by ${origin}`;
  else if (setting.key !== undefined && isShown(setting.key, settings)) {
    const node = document.createNode(setting.kind.print(value), { flow: true });
    node.comment = ` ${origin}`;
    document.setIn(setting.key.split('.'), node);
  }
}

/** `kafka.ssl` is a map where there is encryption, else false. */
function isShown(key: string, { ssl }: ServeSettings): boolean {
  if (key === SSL) return !ssl;
  return ssl || !key.startsWith(`${SSL}.`);
}
