"""The peer of boosting.ts: fits scikit-learn's HistGradientBoostingClassifier to the rows in a folder, and writes its probabilities.

    python boosting.py FOLDER

The folder has task.json (rows, columns, labels, options), and as raw little-endian doubles fit.f64, fit.truth, test.f64.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier

folder = Path(sys.argv[1])
task = json.loads((folder / "task.json").read_text())


def features(name):
    return np.fromfile(folder / name, dtype="<f8").reshape(-1, task["columns"])


model = HistGradientBoostingClassifier(
    max_iter=task["rounds"],
    learning_rate=task["learningRate"],
    max_leaf_nodes=task["maxLeaves"],
    max_depth=task["maxDepth"],
    min_samples_leaf=task["minRows"],
    l2_regularization=task["l2"],
    max_bins=task["maxBins"],
    early_stopping=False,
)
fit, truth = features("fit.f64"), np.fromfile(folder / "fit.truth", dtype="<f8").astype(int)
began, cpu = time.perf_counter(), time.process_time()
model.fit(fit, truth)
seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
model.predict_proba(features("test.f64")).astype("<f8").tofile(folder / "probabilities.f64")
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "version": sklearn.__version__}))
