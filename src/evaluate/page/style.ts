/**
 * How the page looks, on light paper and on dark. It stands in a `style` element as it is, so it has none of the characters that HTML or
 * XML would want escaped.
 */
export const STYLE: string = [
  ':root{color-scheme:light dark;--paper:#ffffff;--ink:#1f2328;--faint:#59636e;--line:#d0d7de;--blue:#1f5fbf;--pale:#a8c7f0;--gold:#b35900}',
  '@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--faint:#9198a1;--line:#3d444d;--blue:#6cabe8;--pale:#274b73;--gold:#f2c94c}}',
  'body{margin:0 auto;max-width:60rem;padding:1.5rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}',
  'h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.5rem 0 .5rem}p{margin:.5rem 0;max-width:46rem}.faint{color:var(--faint)}',
  '.tiles{display:flex;flex-wrap:wrap;gap:1rem;margin:1.5rem 0;padding:0;list-style:none}',
  '.tiles li{flex:1 1 10rem;border:1px solid var(--line);border-radius:8px;padding:.75rem 1rem}',
  '.tiles strong{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums}.tiles small{color:var(--faint)}',
  '.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.5rem 0}',
  'th,td{padding:.2rem .75rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}',
  'th[scope=row],th:first-child,.words{text-align:left}thead th{color:var(--faint);font-weight:600}',
  'caption{text-align:left;color:var(--faint);padding-bottom:.25rem}summary{cursor:pointer;color:var(--faint)}details{margin:.5rem 0}',
  'figure{margin:0}svg{max-width:100%;height:auto;display:block}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}',
  'svg .faint{fill:var(--faint)}svg .end{text-anchor:end}svg .middle{text-anchor:middle}svg .on{fill:var(--paper)}',
  '.grid{stroke:var(--line)}.ideal{stroke:var(--faint);stroke-dasharray:4 4}.mark{fill:var(--blue)}.curve{fill:none;stroke:var(--blue);stroke-width:2}',
  '.whisker{stroke:var(--blue)}.bar{fill:var(--blue)}.second{fill:var(--pale)}.cell{fill:var(--blue)}.frame{fill:none;stroke:var(--line)}',
  '@media print{body{max-width:none}}',
].join('');
