"""The peers of accuracy.ts: scikit-learn and fastText on the rows in a folder; prints their accuracies as JSON.

    python accuracy.py FOLDER zh|en

The folder has train.json and dev.json: arrays of [label, text, tokens]. A library that does not import is left out.
"""
import json
import sys
import time
from pathlib import Path

folder, language = Path(sys.argv[1]), sys.argv[2]
train = json.loads((folder / "train.json").read_text())
dev = json.loads((folder / "dev.json").read_text())
truth = [label for label, _, _ in dev]


def share_right(given):
    return sum(a == b for a, b in zip(given, truth)) / len(truth)


def measured(peer, version, fit):
    start = time.process_time()
    predict = fit()
    seconds = time.process_time() - start
    return {"peer": peer, "version": version, "accuracy": share_right(predict()), "seconds": seconds}


def with_pairs(tokens):
    return tokens + [" ".join(pair) for pair in zip(tokens, tokens[1:])]


def with_sklearn():
    import sklearn
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    class Columns:
        """Characters see the text, words the tokens, in runs of one and two."""

        def __init__(self):
            sizes = {"zh": (1, 3), "en": (1, 4)}[language]
            self.characters = TfidfVectorizer(analyzer="char", ngram_range=sizes, sublinear_tf=True, min_df=2)
            self.words = TfidfVectorizer(analyzer=with_pairs, sublinear_tf=True, min_df=2)
            self.svm = LinearSVC(C=1)

        def features(self, rows, method):
            return hstack([
                getattr(self.characters, method)([text for _, text, _ in rows]),
                getattr(self.words, method)([tokens for _, _, tokens in rows]),
            ]).tocsr()

        def fit(self):
            self.svm.fit(self.features(train, "fit_transform"), [label for label, _, _ in train])
            return lambda: self.svm.predict(self.features(dev, "transform"))

    return [measured("scikit-learn LinearSVC, TF-IDF of characters and words", sklearn.__version__, Columns().fit)]


def with_fasttext():
    import fasttext

    file = folder / "train.txt"
    file.write_text("".join(f"__label__{label} {' '.join(tokens)}\n" for label, _, tokens in train))

    def fit():
        model = fasttext.train_supervised(str(file), wordNgrams=2, epoch=10, lr=0.5, dim=100, thread=1, verbose=0)
        texts = [" ".join(tokens) + "\n" for _, _, tokens in dev]
        # Not model.predict: that fails with NumPy 2.
        return lambda: [best[0].removeprefix("__label__") for best in model.f.multilinePredict(texts, 1, 0.0, "strict")[0]]

    return [measured("fastText, bigrams", getattr(fasttext, "__version__", "0.9"), fit)]


results = []
for peer in (with_sklearn, with_fasttext):
    try:
        results += peer()
    except ImportError as error:
        print(error, file=sys.stderr)
print(json.dumps(results))
