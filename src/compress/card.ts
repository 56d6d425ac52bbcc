import type { CardNotes } from '../ensemble/model-card.ts';

/** What a card is made anew from what the ensemble and its evaluation know. */
const GENERATED: readonly string[] = ['Lanes', 'Results', 'Training'];

/**
 * What a model card says beside what the ensemble itself knows, so that a new card can say it too. Sections that somebody added are kept
 * among the notes.
 */
export function cardNotesOf(card: string): CardNotes {
  const [head = '', ...rest] = card.split(/^## /m);
  const sections = new Map(
    rest.map((section) => {
      const [title = '', ...lines] = section.split('\n');
      return [title.trim(), lines.join('\n').trim()] as const;
    }),
  );
  const own = [...sections].filter(
    ([title]) => ![...GENERATED, 'Data', 'Licence', 'Compression', 'Notes'].includes(title),
  );
  const notes = [sections.get('Notes'), ...own.map(([title, text]) => `## ${title}\n${text}`)]
    .filter(Boolean)
    .join('\n\n');
  return {
    description: descriptionIn(head),
    data: sections.get('Data'),
    licence: sections.get('Licence'),
    compression: sections.get('Compression'),
    notes: notes === '' ? undefined : notes,
  };
}

/** What stands between the title and the labels. */
function descriptionIn(head: string): string | undefined {
  const lines = head.split('\n').filter((line) => !/^# |^Labels: /.test(line));
  const text = lines.join('\n').trim();
  return text === '' ? undefined : text;
}
