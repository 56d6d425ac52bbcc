// Runs the tests on other versions of Node, whose binaries come from the npm package `node`.
//
//   node scripts/test-on-nodes.mjs 22 24 [-- mocha arguments]
import { spawnSync } from 'node:child_process';

const split = process.argv.indexOf('--');
const versions = process.argv.slice(2, split < 0 ? undefined : split);
const rest = split < 0 ? [] : process.argv.slice(split + 1);
if (versions.length === 0) {
  console.error('usage: node scripts/test-on-nodes.mjs VERSION... [-- mocha arguments]');
  process.exit(2);
}
for (const version of versions) {
  // `node` here is the one that npm puts first on the PATH: the package's.
  const command = ['--yes', '--package', `node@${version}`, '--', 'node', 'node_modules/mocha/bin/mocha.js', ...rest];
  console.log(`\nnode ${version}: npx ${command.join(' ')}`);
  const { status } = spawnSync('npx', command, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
