#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const HELP = `Usage: node install-libtensorflow.mjs [options]

Makes the optional dependency @tensorflow/tfjs-node load on linux-x64 where its own install script cannot reach its
download host. libtensorflow (library and C headers) comes out of the tensorflow-cpu wheel, fetched by pip from whatever
package index pip is set up for; the addon is built from the sources that the npm package ships. Does nothing where the
addon loads already.

  --project DIR  whose node_modules to mend (default: the current folder)
  --cache DIR    where to keep the library (default: $LIBTENSORFLOW_CACHE, else libtensorflow in the user's cache folder)
  --wheel FILE   a tensorflow-cpu wheel at hand, for a machine without an index
  --force        build even if the addon loads
  --dry-run      say what would be done, do nothing
  --help         this

Needs npm, python3 with pip, and g++ (with make for node-gyp). Downloads about 200 MB and keeps 570 MB, once a user:
the library is linked, not copied, into node_modules. After each \`npm ci\` run it again (10 s).`;

const PACKAGE = '@tensorflow/tfjs-node';
const WHEEL = {
  requirement: 'tensorflow-cpu==2.14.1',
  sha256: '8492db93c2662765b59865c1301b610a00c5d9bc95237a76685e94df4376db8a',
  target: ['--python-version', '3.9', '--implementation', 'cp', '--platform', 'manylinux_2_17_x86_64'],
  version: '2.14.1',
};
/** The file that shows a store to be complete: its folder is renamed into place as a whole. */
const LIBRARY = path.join('lib', 'libtensorflow.so.2.9.1');

/** A failure that the user can do something about: reported without a stack. */
class Failure extends Error {}

function fail(text) {
  throw new Failure(text);
}

const started = performance.now();

function say(text) {
  console.log(`[${((performance.now() - started) / 1000).toFixed(1)} s] ${text}`);
}

/** Runs a command to its end; `quiet` keeps what it says, to be shown only if it fails. */
function run(command, args, { cwd, quiet = false, env = {} }) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  return { ok: status === 0, out: `${stdout ?? ''}${stderr ?? ''}${error ?? ''}`.trim() };
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      project: { type: 'string', default: process.cwd() },
      cache: { type: 'string' },
      wheel: { type: 'string' },
      force: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { LIBTENSORFLOW_CACHE, XDG_CACHE_HOME } = process.env;
  const cache =
    values.cache ||
    LIBTENSORFLOW_CACHE ||
    path.join(XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'libtensorflow');
  const wheel = values.wheel && path.resolve(values.wheel);
  const version = wheel ? /-(\d[^-]*)-/.exec(path.basename(wheel))?.[1] : WHEEL.version;
  if (version === undefined) fail(`--wheel: expected a file named like tensorflow_cpu-2.14.1-….whl, got ${wheel}`);
  if (wheel && !fs.existsSync(wheel)) fail(`--wheel: there is no file ${wheel}`);
  const project = path.resolve(values.project);
  if (!fs.existsSync(path.join(project, 'package.json'))) fail(`--project: there is no package.json in ${project}`);
  const store = path.resolve(cache, `${version}-linux-x64`);
  return { project, store, wheel, force: values.force, dryRun: values['dry-run'], help: values.help };
}

/** Loads the addon in a process of its own and multiplies two matrices. */
function check(project) {
  const code = `
    const util = require('util');
    util.isNullOrUndefined = (value) => value == null; // gone since Node 23
    util.isArray = Array.isArray;
    const tf = require('${PACKAGE}');
    const sum = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).sum().dataSync()[0];
    if (tf.getBackend() !== 'tensorflow' || sum !== 12) throw new Error('wrong result');
    console.log('libtensorflow ' + tf.backend().binding.TF_Version);`;
  const env = { TF_CPP_MIN_LOG_LEVEL: '2', NODE_NO_WARNINGS: '1' };
  return run(process.execPath, ['-e', code], { cwd: project, quiet: true, env });
}

/** Where the package is, or undefined: npm removes an optional package whose install script failed. */
function packageFolder(project) {
  for (let folder = project; ; folder = path.dirname(folder)) {
    const found = path.join(folder, 'node_modules', PACKAGE); // a workspace's packages lie in a parent
    if (fs.existsSync(path.join(found, 'package.json'))) return fs.realpathSync(found);
    if (folder === path.dirname(folder)) return undefined;
  }
}

function restorePackage({ project }) {
  say(`restoring ${PACKAGE} without its install script`);
  const args = ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
  if (!run('npm', args, { cwd: project }).ok) fail('npm install failed');
  if (packageFolder(project) === undefined) fail(`${PACKAGE} is no dependency of ${project}`);
}

function findPython(cwd) {
  const names = [process.env.PYTHON, 'python3', 'python'].filter(Boolean);
  const found = names.find((name) => run(name, ['-m', 'pip', '--version'], { cwd, quiet: true }).ok);
  return found ?? fail('needs python3 with pip (python3 -m pip)');
}

/** Takes the two libraries, the C headers and the licence out of a wheel. */
const UNPACK = `
import re, shutil, sys, zipfile, pathlib
wheel, to = zipfile.ZipFile(sys.argv[1]), pathlib.Path(sys.argv[2])
for name in wheel.namelist():
    library = re.fullmatch(r'tensorflow/(libtensorflow_(?:cc|framework)\\.so\\.2)', name)
    header = re.fullmatch(r'tensorflow/(include/.*(?:/c/(?:[^/]+/)?[^/]+|/ctstring[^/]*)\\.h)', name)
    licence = re.fullmatch(r'[^/]+\\.dist-info/(LICENSE)', name)
    path = library and 'lib/' + library[1] or header and header[1] or licence and licence[1]
    if path:
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        with wheel.open(name) as a, open(to / path, 'wb') as b:
            shutil.copyfileobj(a, b, 1 << 20)
`;

function download(python, into) {
  say(`downloading ${WHEEL.requirement} (about 200 MB)`);
  const list = path.join(into, 'requirements.txt');
  fs.writeFileSync(list, `${WHEEL.requirement} --hash=sha256:${WHEEL.sha256}\n`);
  const how = ['--quiet', '--disable-pip-version-check', '--no-cache-dir', '--no-deps', '--only-binary=:all:'];
  const args = [
    '-m',
    'pip',
    'download',
    ...how,
    '--require-hashes',
    ...WHEEL.target,
    '--dest',
    into,
    '--requirement',
    list,
  ];
  if (!run(python, args, { cwd: into }).ok) fail('pip download failed');
  const wheel = fs.readdirSync(into).find((name) => name.endsWith('.whl'));
  return wheel === undefined ? fail('pip downloaded no wheel') : path.join(into, wheel);
}

/** Fills the store with `lib/` and `include/` as the npm package's `deps/` folder has them. */
function fillStore({ store, wheel }) {
  fs.mkdirSync(path.dirname(store), { recursive: true });
  const work = fs.mkdtempSync(`${store}.`);
  try {
    const python = findPython(work);
    const source = wheel ?? download(python, work);
    say('unpacking');
    const tree = path.join(work, 'tree');
    const unpacked = run(python, ['-c', UNPACK, source, tree], { cwd: work, quiet: true });
    if (!unpacked.ok) fail(`could not unpack ${source}:\n${unpacked.out}`);
    // The names that the linker, the loader and the package's own installer look for.
    const link = (target, ...names) => {
      if (!fs.existsSync(path.join(tree, 'lib', target))) fail(`${source} holds no ${target}`);
      for (const name of names) fs.symlinkSync(target, path.join(tree, 'lib', name));
    };
    link('libtensorflow_cc.so.2', 'libtensorflow.so', 'libtensorflow.so.2', path.basename(LIBRARY));
    link('libtensorflow_framework.so.2', 'libtensorflow_framework.so', 'libtensorflow_framework.so.2.9.1');
    fs.rmSync(store, { recursive: true, force: true });
    fs.renameSync(tree, store);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** Where this Node's C headers are, if beside it: then node-gyp need not download them. */
function nodePrefix() {
  const own = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  const prefixes = [process.env.npm_config_nodedir, own, '/usr/local', '/usr'];
  return prefixes.find((prefix) => prefix && fs.existsSync(path.join(prefix, 'include', 'node', 'common.gypi')));
}

function build({ project, store }) {
  const folder = packageFolder(project) ?? fail(`${PACKAGE} is not installed`);
  fs.rmSync(path.join(folder, 'deps'), { recursive: true, force: true });
  fs.symlinkSync(store, path.join(folder, 'deps'), 'dir');
  const prefix = nodePrefix();
  say(`building the addon${prefix ? '' : ' (node-gyp will download the headers of Node)'}`);
  const gyp = createRequire(path.join(folder, 'package.json')).resolve('@mapbox/node-pre-gyp/bin/node-pre-gyp');
  const args = [gyp, 'install', '--build-from-source', ...(prefix ? [`--nodedir=${prefix}`] : [])];
  const built = run(process.execPath, args, { cwd: folder, quiet: true });
  if (built.ok) fs.rmSync(path.join(folder, 'build'), { recursive: true, force: true });
  else compile(project, folder, prefix, built.out);
}

/** Without node-gyp or Node's headers: two sources that use Node-API alone, so one call of the compiler does it. */
function compile(project, folder, prefix, gypOutput) {
  const places = [project, folder, path.join(folder, '..', '..', '..')].map((place) =>
    path.join(place, 'node_modules', 'node-api-headers', 'include'),
  );
  if (prefix) places.unshift(path.join(prefix, 'include', 'node'));
  const headers = places.find((place) => fs.existsSync(path.join(place, 'node_api.h')));
  if (headers === undefined)
    fail(`${gypOutput}\nnode-gyp failed (above); \`npm install --no-save node-api-headers\` lets g++ alone do it`);
  say('node-gyp failed; compiling with g++ alone');
  const to = path.join(folder, 'lib', 'napi-v8');
  fs.mkdirSync(to, { recursive: true });
  const flags = ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'];
  const includes = ['-I', headers, '-I', 'deps/include', '-I', '..'];
  const sources = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc', '-o', path.join(to, 'tfjs_binding.node')];
  const libraries = ['-Ldeps/lib', '-ltensorflow', '-ltensorflow_framework', '-Wl,-rpath,$ORIGIN/../../deps/lib'];
  const compiled = run(process.env.CXX || 'g++', [...flags, ...includes, ...sources, ...libraries], {
    cwd: folder,
    quiet: true,
  });
  if (!compiled.ok) fail(`${gypOutput}\n${compiled.out}\nneither node-gyp nor g++ could build the addon (above)`);
}

/** What has to be done, in order; nothing if the addon loads. */
function planOf({ project, store, wheel, force }) {
  const installed = packageFolder(project) !== undefined;
  if (installed && !force && check(project).ok) return [];
  const source = wheel ?? `${WHEEL.requirement} from pip`;
  return [
    { what: `restore ${PACKAGE} in ${project}`, needed: !installed, run: restorePackage },
    { what: `unpack ${source} into ${store}`, needed: !fs.existsSync(path.join(store, LIBRARY)), run: fillStore },
    { what: 'build the addon', needed: true, run: build },
  ].filter(({ needed }) => needed);
}

function main() {
  const options = readOptions();
  if (options.help) return console.log(HELP);
  const plan = planOf(options);
  if (plan.length === 0) return say(`${PACKAGE} loads already: ${check(options.project).out}`);
  if (process.platform !== 'linux' || process.arch !== 'x64')
    fail(`linux-x64 only, this is ${process.platform}-${process.arch}; try \`npm rebuild ${PACKAGE}\``);
  if (options.dryRun) return console.log(plan.map(({ what }, index) => `${index + 1}. ${what}`).join('\n'));
  for (const step of plan) step.run(options);
  const { ok, out } = check(options.project);
  if (!ok) fail(`built, but it does not load:\n${out}`);
  return say(`${PACKAGE} loads: ${out}`);
}

try {
  main();
} catch (error) {
  const expected = error instanceof Failure || error.code?.startsWith('ERR_PARSE_ARGS');
  console.error(`install-libtensorflow: ${expected ? error.message : error.stack}`);
  process.exitCode = 1;
}
