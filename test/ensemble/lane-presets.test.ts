import { expect } from 'chai';
import { lanesOf } from '../../src/ensemble/lane-presets.ts';
import { checkNetworkConfig } from '../../src/subtasks/network-config.ts';

const LABELS = ['a', 'b', 'c', 'd'];
const short = (preset: 'group' | 'per-class') =>
  lanesOf(preset, LABELS).map(({ kind, name, labels }) => `${kind} ${name}: ${labels}`);

describe('lanesOf', () => {
  it('gives a group to three unlike lanes', () => {
    expect(short('group')).to.deep.equal(['cnn cnn: a,b,c,d', 'rnn rnn: a,b,c,d', 'fcn fcn: a,b,c,d']);
  });

  it('gives each label a lane of its own, of the three kinds in turn', () => {
    expect(short('per-class')).to.deep.equal(['cnn a: a', 'rnn b: b', 'fcn c: c', 'cnn d: d']);
  });

  it('gives lanes that a network can be built of', () => {
    for (const preset of ['group', 'per-class'] as const)
      checkNetworkConfig({
        vocabularySize: 10,
        embedding: { dimensions: 4, shared: true },
        maxLength: 8,
        lanes: lanesOf(preset, LABELS),
      });
  });
});
