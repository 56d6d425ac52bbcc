"""Reads JSON with a text, writes JSON with the parity of the text's length."""

import os

import faust

app = faust.App(
    os.environ["GROUP"],
    broker=f"kafka://{os.environ['BOOTSTRAP']}",
    broker_commit_interval=1.0,
    consumer_auto_offset_reset="earliest",
    datadir=os.environ["FOLDER"],
    topic_replication_factor=1,
    web_enabled=False,
)
documents = app.topic(os.environ["INPUT"], key_serializer="raw", value_serializer="json")
verdicts = app.topic(os.environ["OUTPUT"], key_serializer="raw", value_serializer="json")


@app.agent(documents)
async def label(stream):
    async for key, document in stream.items():
        verdict = {"id": document["id"], "label": "odd" if len(document["text"]) % 2 else "even"}
        await verdicts.send(key=key, value=verdict)


if __name__ == "__main__":
    app.main()
