import type { Document } from '../document/document.ts';
import type { Verdict } from '../integrate/verdict.ts';

/** What is written about a document: the shape of a JSON line. */
export interface VerdictRecord {
  /** As the document has it; absent if it has none. */
  readonly id: string | number | undefined;
  readonly label: string;
  /** To four decimals, as are the scores: more differ from backend to backend. */
  readonly confidence: number;
  /** Whether that is less than was asked for; absent if not. */
  readonly uncertain?: boolean;
  /** For each lane the label for which it spoke loudest, and its score for that; null where it abstained. */
  readonly lanes: Readonly<Record<string, { readonly label: string; readonly score: number } | null>>;
}

/** A labelled document, as it is written. */
export function verdictRecord({ id, verdict }: Document & { readonly verdict: Verdict }): VerdictRecord {
  const lanes = Object.entries(verdict.lanes).map(
    ([name, lane]) => [name, lane && { label: lane.label, score: rounded(lane.score) }] as const,
  );
  return {
    id,
    label: verdict.label,
    confidence: rounded(verdict.confidence),
    ...(verdict.uncertain && { uncertain: true }),
    lanes: Object.fromEntries(lanes),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
