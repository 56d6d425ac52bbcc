import { existsSync, readdirSync } from 'node:fs';
import { invalidArgument } from '../errors.ts';

/**
 * Where an ensemble that comes with the package is: `'zh-topics'` (Chinese headlines: tech, finance, culture), `'zh-news10'` (Chinese
 * headlines in ten sections) or `'en-news'` (English news: World, Sports, Business, Sci_Tech).
 *
 * @example
 * ```ts
 * const news = await loadEnsemble(shippedModel('zh-topics'));
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if there is none of that name.
 */
export function shippedModel(name: string): URL {
  const models = new URL('models/', packageRoot());
  const names = readdirSync(models, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
  if (!names.includes(name)) throw invalidArgument('name', `one of ${names.join(', ')}`, name);
  return new URL(`${name}/`, models);
}

/** The nearest folder above with a package.json: the same from `src/` and from `dist/src/`. */
function packageRoot(): URL {
  let folder = new URL('./', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const above = new URL('../', folder);
    if (above.href === folder.href) throw new Error('rx-lockstep: no package.json above the code');
    folder = above;
  }
  return folder;
}
