import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { colorDepthOf, highlighted } from '../../../cli/explain/highlight.ts';

const terminal = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY });

/** The words of a text, with effects. */
function pieces(text: string, effects: readonly number[]) {
  let from = 0;
  return text.split(' ').map((word, i) => {
    const start = text.indexOf(word, from);
    from = start + word.length;
    return { text: word, start, end: from, effect: effects[i] ?? 0, lanes: {} };
  });
}

const EXAMPLE = { text: 'oil and the cup', pieces: pieces('oil and the cup', [2, 0.1, 0.7, -1.5]) };

describe('highlighted', () => {
  it('marks in brackets, without colours, what moved the verdict much', () => {
    expect(highlighted(EXAMPLE, 1)).to.equal('[+oil] and [+the] [-cup]');
  });

  it('colours in 4, 8 and 24 bits, the more the stronger, and nothing that did next to nothing', () => {
    const shown = (depth: 4 | 8 | 24) => highlighted(EXAMPLE, depth).replaceAll('\u001B[', '^');
    expect(shown(4)).to.equal('^42moil^0m and ^32mthe^0m ^41mcup^0m');
    expect(shown(8)).to.equal('^38;5;255;48;5;34moil^0m and ^38;5;255;48;5;28mthe^0m ^38;5;255;48;5;124mcup^0m');
    expect(shown(24)).to.match(/^\^38;2;255;255;255;48;2;26;127;55moil\^0m and \^38;2;255;255;255;48;2;16;77;34mthe/);
  });

  it('keeps what is between pieces, and lets nothing through that moves the cursor', () => {
    const text = '\u001B[2J oil\n';
    expect(highlighted({ text, pieces: [{ text: 'oil', start: 5, end: 8, effect: 1, lanes: {} }] }, 1)).to.equal(
      ' [2J [+oil] ',
    );
  });

  it('marks nothing where nothing moved anything, and takes a text without pieces', () => {
    expect(highlighted({ text: 'a b', pieces: pieces('a b', [0, 0]) }, 24)).to.equal('a b');
    expect(highlighted({ text: '!', pieces: [] }, 4)).to.equal('!');
  });
});

describe('colorDepthOf', () => {
  it('asks the environment', () => {
    for (const [env, isTTY, depth] of [
      [{ TERM: 'xterm' }, true, 4],
      [{ TERM: 'xterm-256color' }, true, 8],
      [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, true, 24],
      [{ TERM: 'xterm-256color' }, false, 1],
      [{ TERM: 'dumb' }, true, 1],
      [{ TERM: 'xterm-256color', NO_COLOR: '1' }, true, 1],
      [{ FORCE_COLOR: '1' }, false, 4],
      [{ FORCE_COLOR: '2' }, false, 8],
      [{ FORCE_COLOR: '3' }, false, 24],
    ] as const)
      expect(colorDepthOf(terminal(isTTY), env), JSON.stringify(env)).to.equal(depth);
  });
});
