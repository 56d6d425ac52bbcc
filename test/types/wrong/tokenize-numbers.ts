import { of } from 'rxjs';
import { tokenize, words } from '../../../operators/index.ts';

of(1, 2).pipe(tokenize(words())); // expect: Tokenized
