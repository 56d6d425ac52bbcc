"""The peers of shipped.ts: how many texts a second scikit-learn and fastText label, a second of the processor; prints it as JSON.

    python shipped.py FOLDER zh|en

The folder has train.json and dev.json: arrays of [label, text, tokens]. A library that does not import is left out.
"""
import json
import sys
import time
from pathlib import Path

folder, language = Path(sys.argv[1]), sys.argv[2]
train = json.loads((folder / "train.json").read_text())
dev = json.loads((folder / "dev.json").read_text())
ROUNDS = 5


def measured(peer, version, predict):
    predict()
    rates = []
    for _ in range(ROUNDS):
        start = time.process_time()
        predict()
        rates.append(len(dev) / (time.process_time() - start))
    return {"peer": peer, "version": version, "rates": rates}


def with_sklearn():
    import sklearn
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    sizes = {"zh": (1, 3), "en": (1, 4)}[language]
    columns = TfidfVectorizer(analyzer="char", ngram_range=sizes, sublinear_tf=True, min_df=2)
    model = make_pipeline(columns, LinearSVC(C=1))
    model.fit([text for _, text, _ in train], [label for label, _, _ in train])
    texts = [text for _, text, _ in dev]
    return measured("scikit-learn LinearSVC, n-grams of characters", sklearn.__version__, lambda: model.predict(texts))


def with_fasttext():
    import fasttext

    file = folder / "train.txt"
    file.write_text("".join(f"__label__{label} {' '.join(tokens)}\n" for label, _, tokens in train))
    model = fasttext.train_supervised(str(file), wordNgrams=2, epoch=5, lr=0.5, dim=100, thread=1, verbose=0)
    # It cuts at spaces only: the tokens are given to it.
    texts = [" ".join(tokens) + "\n" for _, _, tokens in dev]
    return measured(
        "fastText, bigrams, texts already cut into words",
        getattr(fasttext, "__version__", "0.9"),
        lambda: model.f.multilinePredict(texts, 1, 0.0, "strict"),
    )


results = []
for peer in (with_sklearn, with_fasttext):
    try:
        results.append(peer())
    except ImportError as error:
        print(error, file=sys.stderr)
print(json.dumps(results))
