import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Ensemble } from '../src/ensemble/types.ts';
import type { Script } from '../src/language/script.ts';
import type { BackendPreference } from '../src/subtasks/backend.ts';

/** A model by the name or folder that the user gave. */
export type LoadModel = (model: string) => Promise<Ensemble>;

/** The shipped model for each script. */
const MODEL_OF_SCRIPT: Readonly<Partial<Record<Script, string>>> = { han: 'zh-topics', latin: 'en-news' };
const SCRIPTS: readonly Script[] = ['han', 'latin'];
/** How a shipped model is named; anything else is a path. */
const NAME = /^[\w-]+$/;

/** The models by script, each loaded when its first document comes. */
export class Models {
  readonly #load: LoadModel;
  readonly #loaded = new Map<Script, Ensemble>();
  readonly #onLoad: (script: Script, ensemble: Ensemble) => void;

  constructor(load: LoadModel, onLoad: (script: Script, ensemble: Ensemble) => void) {
    this.#load = load;
    this.#onLoad = onLoad;
  }

  /** Whether there is a model for a script at all. */
  knows(script: Script): boolean {
    return MODEL_OF_SCRIPT[script] !== undefined;
  }

  /** Loads the models for all scripts. */
  async loadAll(): Promise<void> {
    await Promise.all(SCRIPTS.map((script) => this.load(script)));
  }

  /** The model, if it is loaded. */
  get(script: Script): Ensemble | undefined {
    return this.#loaded.get(script);
  }

  async load(script: Script): Promise<Ensemble> {
    const name = MODEL_OF_SCRIPT[script];
    if (name === undefined) throw new Error(`no model for ${script} script`);
    const ensemble = await this.#load(name);
    this.#loaded.set(script, ensemble);
    this.#onLoad(script, ensemble);
    return ensemble;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#loaded.values()].map((ensemble) => ensemble.close()));
  }
}

/** The folder of an ensemble: what was given, or that of a shipped one by its name. */
export async function folderOf(model: string): Promise<string | URL> {
  const { shippedModel } = await import('../src/ensemble/shipped.ts');
  const isShipped = NAME.test(model) && !existsSync(join(model, 'ensemble.json'));
  return isShipped ? shippedModel(model) : model;
}

/** Loads an ensemble from a folder, or a shipped one by its name. What it takes to run it is imported here, not before. */
export async function loadModel(model: string, backend: BackendPreference | undefined): Promise<Ensemble> {
  const { loadEnsemble } = await import('../src/ensemble/load.ts');
  return loadEnsemble(await folderOf(model), { backend });
}
