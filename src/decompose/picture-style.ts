/** Colours of lanes: they keep apart on light paper, on dark paper, and mostly in grey. Further lanes begin again. */
const LIGHT = ['#1f5fbf', '#b35900', '#1a7f37', '#a02c8f', '#8a6d00', '#0b7a8a', '#cf222e', '#57606a'];
const DARK = ['#6cabe8', '#f0914a', '#56c271', '#e07fd0', '#f2c94c', '#4cc3d4', '#ff7b72', '#b1bac4'];

/** How many lanes have a colour of their own. */
export const COLOURS: number = LIGHT.length;

const inks = (colours: readonly string[]): string =>
  colours.map((colour, lane) => `.lane${lane}{fill:${colour};stroke:${colour}}`).join('');

/** How the picture of a decomposition looks, on light paper and on dark. */
export const STYLE: string = [
  'text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}',
  '.right{text-anchor:end}.middle{text-anchor:middle}.name{font-weight:bold}',
  '.paper{fill:#ffffff;stroke:#d0d7de}.ink{fill:#1f2328}.faint{fill:#59636e}.between{stroke:#8c959f}',
  '.track{fill:#eaeef2}.edge{stroke-linecap:round}.between.edge{stroke-opacity:.45}.inside.edge{stroke-opacity:.85}',
  inks(LIGHT),
  '@media (prefers-color-scheme:dark){.paper{fill:#0d1117;stroke:#30363d}.ink{fill:#e6edf3}.faint{fill:#9198a1}.between{stroke:#6e7681}',
  `.track{fill:#21262d}${inks(DARK)}}`,
  // What is drawn as a line has no filling, whatever its lane.
  '.edge{fill:none!important}',
].join('');
